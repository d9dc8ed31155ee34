// Tests count the native handles of the process: they must not run beside each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
