using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CxPlatform.Intake.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class CustomersInDepth : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "domain",
                table: "identities",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "merged_at",
                table: "customers",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "merged_fields",
                table: "customers",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "name_by_staff",
                table: "customers",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "name_key",
                table: "customers",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "organisation_by_staff",
                table: "customers",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<Guid>(
                name: "organisation_id",
                table: "customers",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "preferences",
                table: "customers",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "case_number",
                table: "contacts",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "distinct_customers",
                columns: table => new
                {
                    one = table.Column<Guid>(type: "uuid", nullable: false),
                    other = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_distinct_customers", x => new { x.one, x.other });
                });

            migrationBuilder.CreateTable(
                name: "organisation_domains",
                columns: table => new
                {
                    domain = table.Column<string>(type: "text", nullable: false),
                    organisation_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_organisation_domains", x => x.domain);
                });

            migrationBuilder.CreateTable(
                name: "organisations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    name_key = table.Column<string>(type: "text", nullable: false),
                    tier = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_organisations", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_identities_domain",
                table: "identities",
                column: "domain");

            migrationBuilder.CreateIndex(
                name: "IX_customers_name_key",
                table: "customers",
                column: "name_key");

            migrationBuilder.CreateIndex(
                name: "IX_customers_organisation_id",
                table: "customers",
                column: "organisation_id");

            migrationBuilder.CreateIndex(
                name: "IX_organisation_domains_organisation_id",
                table: "organisation_domains",
                column: "organisation_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "distinct_customers");

            migrationBuilder.DropTable(
                name: "organisation_domains");

            migrationBuilder.DropTable(
                name: "organisations");

            migrationBuilder.DropIndex(
                name: "IX_identities_domain",
                table: "identities");

            migrationBuilder.DropIndex(
                name: "IX_customers_name_key",
                table: "customers");

            migrationBuilder.DropIndex(
                name: "IX_customers_organisation_id",
                table: "customers");

            migrationBuilder.DropColumn(
                name: "domain",
                table: "identities");

            migrationBuilder.DropColumn(
                name: "merged_at",
                table: "customers");

            migrationBuilder.DropColumn(
                name: "merged_fields",
                table: "customers");

            migrationBuilder.DropColumn(
                name: "name_by_staff",
                table: "customers");

            migrationBuilder.DropColumn(
                name: "name_key",
                table: "customers");

            migrationBuilder.DropColumn(
                name: "organisation_by_staff",
                table: "customers");

            migrationBuilder.DropColumn(
                name: "organisation_id",
                table: "customers");

            migrationBuilder.DropColumn(
                name: "preferences",
                table: "customers");

            migrationBuilder.DropColumn(
                name: "case_number",
                table: "contacts");
        }
    }
}
