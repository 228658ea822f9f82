using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CxPlatform.Notifications.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AddSubscriptionVersion : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "version",
                table: "subscriptions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "version",
                table: "subscriptions");
        }
    }
}
