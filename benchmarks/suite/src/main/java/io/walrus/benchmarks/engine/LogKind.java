package io.walrus.benchmarks.engine;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import java.nio.file.Path;

/// What is compared.
public enum LogKind {
    WALRUS("Walrus"),
    /// The same, appended to on virtual threads.
    VIRTUAL("Walrus on virtual threads"),
    ROCKSDB("RocksDB"),
    CHANNEL("bare file");

    private final String title;

    LogKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /// Whether it runs on this machine.
    boolean isAvailable() {
        return this != ROCKSDB || RocksLog.isAvailable();
    }

    /// Opens one in a folder that may be empty.
    ///
    /// @param forced whether an append returns only when the device has the entry; if not, when the system has it
    StoredLog open(Path folder, boolean forced) throws Exception {
        FsyncPolicy policy = forced ? FsyncPolicy.group() : FsyncPolicy.os();
        return switch (this) {
            case WALRUS, VIRTUAL ->
                new LibraryLog(folder, EngineConfig.builder().policy(policy).build());
            case ROCKSDB -> new RocksLog(folder, forced);
            case CHANNEL -> new ChannelLog(folder, forced, ChannelLog.FILE_BYTES);
        };
    }
}
