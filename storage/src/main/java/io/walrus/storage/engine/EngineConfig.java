package io.walrus.storage.engine;

import io.walrus.storage.journal.GroupBuffer;
import java.util.ArrayList;
import java.util.List;

/// The settings of an engine, checked together.
///
/// `blockBytes` and `fileBytes` shape the files: a directory keeps those it was created with.
///
/// @param policy when an append counts as stored
/// @param blockBytes bytes of one block of the journal, a power of two, 64 KiB to 64 MiB; bounds a record
/// @param ringBlocks how many of the newest blocks stay in memory, 2 to 1024
/// @param fileBytes bytes of one journal file without its header, a multiple of `blockBytes`
/// @param checkpointBytes journal bytes after which a checkpoint is taken, and, unless each group is forced, how far
///     appends may run ahead of the stream files
/// @param maxJournalBytes bound of all journal files together, at least `checkpointBytes` and two files
/// @param streamFileBytes a stream file is not continued past this size
/// @param minFreeBytes free disk space below which appends are refused
/// @param maxOpenFiles file descriptors that stream files are left, each of which takes one to three
public record EngineConfig(
        FsyncPolicy policy,
        int blockBytes,
        int ringBlocks,
        long fileBytes,
        long checkpointBytes,
        long maxJournalBytes,
        long streamFileBytes,
        long minFreeBytes,
        int maxOpenFiles) {
    private static final int MIN_BLOCK_BYTES = 64 << 10;
    private static final int MAX_BLOCK_BYTES = 64 << 20;
    private static final int MIN_RING_BLOCKS = 2;
    private static final int MAX_RING_BLOCKS = 1024;

    public EngineConfig {
        List<String> violations = new ArrayList<>();
        if (Integer.bitCount(blockBytes) != 1 || blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_BLOCK_BYTES) {
            violations.add("blockBytes must be a power of two from 64 KiB to 64 MiB, not " + blockBytes);
        } else if (fileBytes < blockBytes || fileBytes % blockBytes != 0 || fileBytes > 1L << 32) {
            violations.add("fileBytes must be a multiple of blockBytes up to 4 GiB, not " + fileBytes);
        }
        if (ringBlocks < MIN_RING_BLOCKS || ringBlocks > MAX_RING_BLOCKS) {
            violations.add("ringBlocks must be 2 to 1024, not " + ringBlocks);
        }
        if (checkpointBytes < 1) {
            violations.add("checkpointBytes must be positive, not " + checkpointBytes);
        }
        if (maxJournalBytes < checkpointBytes + 2 * fileBytes) {
            violations.add("maxJournalBytes must be at least checkpointBytes and two files, not " + maxJournalBytes);
        }
        if (streamFileBytes < 4096 || streamFileBytes > 1L << 32) {
            violations.add("streamFileBytes must be 4 KiB to 4 GiB, not " + streamFileBytes);
        }
        if (minFreeBytes < 0) {
            violations.add("minFreeBytes must be 0 or more, not " + minFreeBytes);
        }
        if (maxOpenFiles < 1) {
            violations.add("maxOpenFiles must be 1 or more, not " + maxOpenFiles);
        }
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException("Bad engine settings: " + String.join("; ", violations) + ".");
        }
    }

    /// The largest entry that a log of such blocks takes, in bytes.
    public static int maxEntryBytes(int blockBytes) {
        return GroupBuffer.maxPayloadBytes(blockBytes);
    }

    /// The least blocks that take entries of a size, if any do; else the largest blocks there are.
    public static int blockBytesFor(int entryBytes) {
        int blockBytes = MIN_BLOCK_BYTES;
        while (blockBytes < MAX_BLOCK_BYTES && maxEntryBytes(blockBytes) < entryBytes) {
            blockBytes *= 2;
        }
        return blockBytes;
    }

    /// How many blocks stay in memory if the directory has blocks of another size: as much memory as was asked for.
    int ringBlocksOf(int actualBlockBytes) {
        return Math.clamp((long) ringBlocks * blockBytes / actualBlockBytes, MIN_RING_BLOCKS, MAX_RING_BLOCKS);
    }

    public static EngineConfig defaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Collects settings; [#build] checks them all. Not thread-safe.
    public static final class Builder {
        private FsyncPolicy policy = FsyncPolicy.group();
        private int blockBytes = 4 << 20;
        private int ringBlocks = 16;
        private long fileBytes = 128L << 20;
        private long checkpointBytes = 256L << 20;
        private long maxJournalBytes = 1L << 30;
        private long streamFileBytes = 64L << 20;
        private long minFreeBytes = 64L << 20;
        private int maxOpenFiles = 512;

        private Builder() {}

        public Builder policy(FsyncPolicy value) {
            policy = value;
            return this;
        }

        public Builder blockBytes(int value) {
            blockBytes = value;
            return this;
        }

        public Builder ringBlocks(int value) {
            ringBlocks = value;
            return this;
        }

        public Builder fileBytes(long value) {
            fileBytes = value;
            return this;
        }

        public Builder checkpointBytes(long value) {
            checkpointBytes = value;
            return this;
        }

        public Builder maxJournalBytes(long value) {
            maxJournalBytes = value;
            return this;
        }

        public Builder streamFileBytes(long value) {
            streamFileBytes = value;
            return this;
        }

        public Builder minFreeBytes(long value) {
            minFreeBytes = value;
            return this;
        }

        public Builder maxOpenFiles(int value) {
            maxOpenFiles = value;
            return this;
        }

        /// Concludes the settings.
        ///
        /// @throws IllegalArgumentException naming every setting that is out of range
        public EngineConfig build() {
            return new EngineConfig(
                    policy,
                    blockBytes,
                    ringBlocks,
                    fileBytes,
                    checkpointBytes,
                    maxJournalBytes,
                    streamFileBytes,
                    minFreeBytes,
                    maxOpenFiles);
        }
    }
}
