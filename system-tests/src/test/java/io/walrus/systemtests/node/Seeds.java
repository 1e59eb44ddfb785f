package io.walrus.systemtests.node;

import java.util.concurrent.ThreadLocalRandom;

/// The seeds of random tests. `-Dwalrus.seed=N` repeats one that was printed.
public final class Seeds {
    private static final String PROPERTY = "walrus.seed";

    private Seeds() {}

    /// A new seed, printed.
    public static long next(String test) {
        Long given = Long.getLong(PROPERTY);
        long seed = given == null ? ThreadLocalRandom.current().nextLong() : given;
        System.err.println(test + ": -D" + PROPERTY + "=" + seed);
        return seed;
    }
}
