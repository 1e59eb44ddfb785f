package io.walrus.benchmarks;

import io.walrus.benchmarks.load.Operation;
import java.util.List;

/// One row group of the table: what is asked, and which servers are compared.
///
/// @param contenders ours first; the others are put in relation to it
record Workload(
        String name, Operation operation, int connections, int depth, long preload, List<Contender> contenders) {
    private static final long READ_ENTRIES = 500_000;

    static List<Workload> all() {
        List<Contender> durable = List.of(Contender.WALRUS_GROUP, Contender.REDIS_ALWAYS, Contender.ECHO);
        List<Contender> unforced = List.of(Contender.WALRUS_OS, Contender.REDIS_NO, Contender.REDIS_EVERYSEC);
        return List.of(
                new Workload("PUT, durable", Operation.PUT, 16, 1, 0, durable),
                new Workload("PUT, durable", Operation.PUT, 16, 64, 0, durable),
                new Workload("PUT, durable", Operation.PUT, 256, 1, 0, durable),
                new Workload("PUT, not forced", Operation.PUT, 16, 1, 0, unforced),
                new Workload("PUT, not forced", Operation.PUT, 16, 64, 0, unforced),
                new Workload("GET", Operation.GET, 16, 64, READ_ENTRIES, durable),
                new Workload("FETCH", Operation.FETCH, 16, 64, READ_ENTRIES, durable));
    }

    String title() {
        return name + ", " + connections + "×" + depth;
    }
}
