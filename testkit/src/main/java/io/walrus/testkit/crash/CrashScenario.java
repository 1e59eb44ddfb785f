package io.walrus.testkit.crash;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.testkit.disk.SimDisk;
import java.util.SplittableRandom;

/// The settings of one run, picked by its seed: as small as the engine allows, so that rollover, recycling and
/// checkpoints happen all the time.
record CrashScenario(long seed, EngineConfig config, ExplorerOptions options) {
    private static final int BLOCK_BYTES = 64 << 10;

    static CrashScenario of(long seed, ExplorerOptions options) {
        SplittableRandom random = new SplittableRandom(seed);
        FsyncPolicy policy =
                options.policies().get(random.nextInt(options.policies().size()));
        int fileBytes = BLOCK_BYTES * (1 + random.nextInt(3));
        long checkpointBytes = BLOCK_BYTES * (1L + random.nextInt(6));
        EngineConfig config = EngineConfig.builder()
                .policy(policy)
                .blockBytes(BLOCK_BYTES)
                .ringBlocks(2 + random.nextInt(3))
                .fileBytes(fileBytes)
                .checkpointBytes(checkpointBytes)
                .maxJournalBytes(checkpointBytes + fileBytes * (2L + random.nextInt(3)))
                .streamFileBytes(4096L << random.nextInt(6))
                .minFreeBytes(0)
                .maxOpenFiles(1 + random.nextInt(8))
                .build();
        return new CrashScenario(seed, config, options);
    }

    FsyncPolicy policy() {
        return config.policy();
    }

    /// Has the disk break the promises it shall break.
    SimDisk dishonest(SimDisk disk) {
        options.lies().forEach(disk::lieAbout);
        return disk;
    }

    /// What to type to see this run again.
    String replay() {
        return "policy %s; run again with -Dwalrus.crash.seed=%d -Dwalrus.crash.points=%d"
                .formatted(policy(), seed, options.points());
    }
}
