using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CxPlatform.Cases.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class StatusPage : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "call_backs",
                columns: table => new
                {
                    queue_id = table.Column<string>(type: "TEXT", nullable: false),
                    starts_at = table.Column<long>(type: "INTEGER", nullable: false),
                    seat = table.Column<int>(type: "INTEGER", nullable: false),
                    ends_at = table.Column<long>(type: "INTEGER", nullable: false),
                    case_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    promise_id = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_call_backs", x => new { x.queue_id, x.starts_at, x.seat });
                });

            migrationBuilder.CreateTable(
                name: "queue_availability",
                columns: table => new
                {
                    queue_id = table.Column<string>(type: "TEXT", nullable: false),
                    present = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_queue_availability", x => x.queue_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_cases_queue_id_waiting_since",
                table: "cases",
                columns: new[] { "queue_id", "waiting_since" },
                filter: "owner_id is null and waiting_since is not null");

            migrationBuilder.CreateIndex(
                name: "IX_call_backs_promise_id",
                table: "call_backs",
                column: "promise_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "call_backs");

            migrationBuilder.DropTable(
                name: "queue_availability");

            migrationBuilder.DropIndex(
                name: "IX_cases_queue_id_waiting_since",
                table: "cases");
        }
    }
}
