// The soak counts this process's memory and sockets, and the others count on being served in time: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
