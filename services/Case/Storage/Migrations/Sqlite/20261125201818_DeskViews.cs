using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CxPlatform.Cases.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class DeskViews : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_cases_next_due",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "IX_cases_owner_id",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "IX_cases_queue_id",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "IX_cases_waiting_since",
                table: "cases");

            migrationBuilder.AddColumn<string>(
                name: "category",
                table: "cases",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "clock_due",
                table: "cases",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "agent_teams",
                columns: table => new
                {
                    agent_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    team = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_agent_teams", x => new { x.agent_id, x.team });
                });

            migrationBuilder.CreateTable(
                name: "case_tags",
                columns: table => new
                {
                    tag = table.Column<string>(type: "TEXT", nullable: false),
                    case_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    is_open = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_case_tags", x => new { x.tag, x.case_id });
                });

            migrationBuilder.CreateTable(
                name: "drafts",
                columns: table => new
                {
                    case_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    author = table.Column<string>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    asks_customer = table.Column<bool>(type: "INTEGER", nullable: false),
                    saved_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_drafts", x => new { x.case_id, x.author, x.kind });
                });

            migrationBuilder.CreateTable(
                name: "saved_views",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    author = table.Column<string>(type: "TEXT", nullable: false),
                    team = table.Column<string>(type: "TEXT", nullable: true),
                    filter = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_saved_views", x => x.id);
                });

            // What the states have said so far, as columns and rows.
            migrationBuilder.Sql("update cases set category = coalesce(json_extract(state, '$.category'), '')");
            migrationBuilder.Sql("insert into case_tags (tag, case_id, is_open) select distinct t.value, c.id, c.is_open from cases c, json_each(c.state, '$.tags') t");

            migrationBuilder.CreateIndex(
                name: "IX_cases_clock_due_id",
                table: "cases",
                columns: new[] { "clock_due", "id" },
                filter: "clock_due is not null");

            migrationBuilder.CreateIndex(
                name: "IX_cases_next_due_id",
                table: "cases",
                columns: new[] { "next_due", "id" },
                filter: "next_due is not null");

            migrationBuilder.CreateIndex(
                name: "ix_cases_open",
                table: "cases",
                columns: new[] { "opened_at", "id" },
                filter: "is_open");

            migrationBuilder.CreateIndex(
                name: "IX_cases_owner_id_opened_at_id",
                table: "cases",
                columns: new[] { "owner_id", "opened_at", "id" },
                filter: "is_open");

            migrationBuilder.CreateIndex(
                name: "IX_cases_queue_id_opened_at_id",
                table: "cases",
                columns: new[] { "queue_id", "opened_at", "id" },
                filter: "is_open");

            migrationBuilder.CreateIndex(
                name: "IX_cases_status_opened_at_id",
                table: "cases",
                columns: new[] { "status", "opened_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_cases_unassigned",
                table: "cases",
                columns: new[] { "opened_at", "id" },
                filter: "is_open and owner_id is null");

            migrationBuilder.CreateIndex(
                name: "IX_cases_waiting_since_id",
                table: "cases",
                columns: new[] { "waiting_since", "id" },
                filter: "waiting_since is not null");

            migrationBuilder.CreateIndex(
                name: "IX_case_tags_tag_case_id",
                table: "case_tags",
                columns: new[] { "tag", "case_id" },
                filter: "is_open");

            migrationBuilder.CreateIndex(
                name: "IX_saved_views_author",
                table: "saved_views",
                column: "author");

            migrationBuilder.CreateIndex(
                name: "IX_saved_views_team",
                table: "saved_views",
                column: "team");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "agent_teams");

            migrationBuilder.DropTable(
                name: "case_tags");

            migrationBuilder.DropTable(
                name: "drafts");

            migrationBuilder.DropTable(
                name: "saved_views");

            migrationBuilder.DropIndex(
                name: "IX_cases_clock_due_id",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "IX_cases_next_due_id",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "ix_cases_open",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "IX_cases_owner_id_opened_at_id",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "IX_cases_queue_id_opened_at_id",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "IX_cases_status_opened_at_id",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "ix_cases_unassigned",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "IX_cases_waiting_since_id",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "category",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "clock_due",
                table: "cases");

            migrationBuilder.CreateIndex(
                name: "IX_cases_next_due",
                table: "cases",
                column: "next_due",
                filter: "next_due is not null");

            migrationBuilder.CreateIndex(
                name: "IX_cases_owner_id",
                table: "cases",
                column: "owner_id",
                filter: "is_open");

            migrationBuilder.CreateIndex(
                name: "IX_cases_queue_id",
                table: "cases",
                column: "queue_id",
                filter: "is_open");

            migrationBuilder.CreateIndex(
                name: "IX_cases_waiting_since",
                table: "cases",
                column: "waiting_since",
                filter: "waiting_since is not null");
        }
    }
}
