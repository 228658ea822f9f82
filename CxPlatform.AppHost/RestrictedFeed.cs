// Built in place of AppHost.cs where the package feed has no Aspire (eng/RestrictedFeed.props).
Console.Error.WriteLine("""
    The Aspire packages were not to be had when this was built, so there is nothing here that could start containers.

      ./cx up        runs the same platform in one process, with nothing to install
      ./cx doctor    says what this machine has and lacks

    Where the packages can be had after all, delete eng/.restricted-feed, unset CX_RESTRICTED_FEED, and build again.
    """);
return 1;
