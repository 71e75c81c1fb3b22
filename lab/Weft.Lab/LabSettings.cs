// Scenes share two cores and measure what happens in time: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
