using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CxPlatform.Intake.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class RawFirstEverywhere : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "ignored",
                table: "tallies",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "reader",
                table: "arrivals",
                type: "text",
                nullable: false,
                defaultValue: "mail");

            migrationBuilder.CreateTable(
                name: "contact_threads",
                columns: table => new
                {
                    channel = table.Column<string>(type: "text", nullable: false),
                    thread = table.Column<string>(type: "text", nullable: false),
                    case_id = table.Column<Guid>(type: "uuid", nullable: false),
                    caller = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_contact_threads", x => new { x.channel, x.thread });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "contact_threads");

            migrationBuilder.DropColumn(
                name: "ignored",
                table: "tallies");

            migrationBuilder.DropColumn(
                name: "reader",
                table: "arrivals");
        }
    }
}
