// A platform of five processes and its servers has the machine to itself: one scenario after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
