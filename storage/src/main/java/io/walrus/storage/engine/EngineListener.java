package io.walrus.storage.engine;

import io.walrus.storage.error.StorageException;

/// What an engine tells its owner. Called from the engine's threads, or from one that commits inline; calls return
/// quickly, never throw, and never take the append lock.
public interface EngineListener {
    /// A listener that listens to nothing.
    EngineListener NONE = new EngineListener() {
        @Override
        public void groupDurable(long group) {}

        @Override
        public void roomAvailable() {}

        @Override
        public void failed(StorageException cause) {}
    };

    /// All groups up to this one are durable, and what they hold can be read.
    void groupDurable(long group);

    /// An append that found no room, or a full disk, is worth another try. [RoomRounds] parks threads until then.
    void roomAvailable();

    /// The engine has become read-only for good. Called once.
    void failed(StorageException cause);
}
