using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CxPlatform.Intake.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RawFirst : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "received",
                table: "tallies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "refused",
                table: "tallies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "state",
                table: "contacts",
                type: "TEXT",
                nullable: false,
                defaultValue: "accepted");

            // What was stored before arrivals were counted arrived all the same.
            migrationBuilder.Sql("update tallies set received = stored + duplicates;");

            migrationBuilder.CreateTable(
                name: "arrivals",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    channel = table.Column<string>(type: "TEXT", nullable: false),
                    taken_at = table.Column<long>(type: "INTEGER", nullable: false),
                    envelope = table.Column<string>(type: "TEXT", nullable: false),
                    raw_type = table.Column<string>(type: "TEXT", nullable: false),
                    raw = table.Column<byte[]>(type: "BLOB", nullable: true),
                    raw_blob = table.Column<string>(type: "TEXT", nullable: true),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    due = table.Column<long>(type: "INTEGER", nullable: false),
                    fault = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_arrivals", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_contacts_state_stored_at_id",
                table: "contacts",
                columns: new[] { "state", "stored_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_arrivals_due",
                table: "arrivals",
                column: "due");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "arrivals");

            migrationBuilder.DropIndex(
                name: "IX_contacts_state_stored_at_id",
                table: "contacts");

            migrationBuilder.DropColumn(
                name: "received",
                table: "tallies");

            migrationBuilder.DropColumn(
                name: "refused",
                table: "tallies");

            migrationBuilder.DropColumn(
                name: "state",
                table: "contacts");
        }
    }
}
