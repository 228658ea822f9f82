using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CxPlatform.Notifications.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AgentNotices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "agent_id",
                table: "messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "merged_into",
                table: "choices",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "agent_desks",
                columns: table => new
                {
                    agent_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    last = table.Column<long>(type: "INTEGER", nullable: false),
                    reads = table.Column<long>(type: "INTEGER", nullable: false),
                    duty = table.Column<string>(type: "TEXT", nullable: true),
                    choices = table.Column<string>(type: "TEXT", nullable: true),
                    held = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_agent_desks", x => x.agent_id);
                });

            migrationBuilder.CreateTable(
                name: "agent_notices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    agent_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    number = table.Column<long>(type: "INTEGER", nullable: false),
                    event_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    case_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    case_number = table.Column<string>(type: "TEXT", nullable: false),
                    what = table.Column<string>(type: "TEXT", nullable: false),
                    detail = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    read_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_agent_notices", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_agent_notices_agent_id_number",
                table: "agent_notices",
                columns: new[] { "agent_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_agent_notices_case_id",
                table: "agent_notices",
                column: "case_id");

            migrationBuilder.CreateIndex(
                name: "IX_agent_notices_event_id_agent_id",
                table: "agent_notices",
                columns: new[] { "event_id", "agent_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_agent_notices_unread",
                table: "agent_notices",
                columns: new[] { "agent_id", "number" },
                filter: "read_at is null");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "agent_desks");

            migrationBuilder.DropTable(
                name: "agent_notices");

            migrationBuilder.DropColumn(
                name: "agent_id",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "merged_into",
                table: "choices");
        }
    }
}
