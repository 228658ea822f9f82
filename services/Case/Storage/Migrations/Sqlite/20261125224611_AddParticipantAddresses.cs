using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CxPlatform.Cases.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AddParticipantAddresses : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "participant_addresses",
                columns: table => new
                {
                    case_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    mark = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_participant_addresses", x => new { x.case_id, x.mark });
                });

            migrationBuilder.CreateIndex(
                name: "IX_participant_addresses_mark",
                table: "participant_addresses",
                column: "mark");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "participant_addresses");
        }
    }
}
