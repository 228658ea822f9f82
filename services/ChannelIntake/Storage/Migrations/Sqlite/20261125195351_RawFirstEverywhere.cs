using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CxPlatform.Intake.Migrations.Sqlite
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
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "reader",
                table: "arrivals",
                type: "TEXT",
                nullable: false,
                defaultValue: "mail");

            migrationBuilder.CreateTable(
                name: "contact_threads",
                columns: table => new
                {
                    channel = table.Column<string>(type: "TEXT", nullable: false),
                    thread = table.Column<string>(type: "TEXT", nullable: false),
                    case_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    caller = table.Column<Guid>(type: "TEXT", nullable: true)
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
