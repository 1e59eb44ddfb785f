package io.walrus.testkit.cluster;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.SegmentFate;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.store.Segments;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.stream.StreamFile;
import io.walrus.storage.stream.StreamFileHeader;
import io.walrus.testkit.disk.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The copies of segments that one process has, seen from outside.
final class SimCopies {
    private static final int READ_BYTES = 64 << 10;

    private final long nodeId;
    private final LogEngine engine;

    SimCopies(long nodeId, LogEngine engine) {
        this.nodeId = nodeId;
        this.engine = engine;
    }

    /// How many records of a segment this node has for good, damaged or not.
    long durableRecords(SegmentKey key) {
        return Segments.copies(engine, key).stream()
                .mapToLong(LogStream::durableRecords)
                .max()
                .orElse(0);
    }

    /// Whether this node has anything of a segment.
    boolean isAny(SegmentKey key) {
        return !Segments.copies(engine, key).isEmpty();
    }

    /// How many copies took the place of others.
    long madeAnew() {
        return engine.streams().stream()
                .filter(stream -> !Arrays.equals(
                        stream.key(), SegmentKey.decode(stream.key()).encode()))
                .count();
    }

    /// All records of this node's copy of a segment, abridged; null if they can't be read because of damage.
    @Nullable
    List<String> records(SegmentKey key) {
        LogStream copy = Segments.copies(engine, key).getFirst();
        List<String> records = new ArrayList<>();
        ReadBuffer read = new ReadBuffer(READ_BYTES);
        try {
            while (records.size() < copy.durableRecords()) {
                engine.readRecords(copy, records.size(), read);
                for (int i = 0; i < read.count(); i++) {
                    records.add(read.type(i) + " " + read.timestamp(i) + " " + Arrays.hashCode(read.bytes(i)));
                }
            }
        } catch (IOException e) {
            if (e instanceof StorageException storage && storage.category() == StorageException.Category.CORRUPT) {
                return null;
            }
            throw new ClusterFailure(
                    BrokenPromise.COPY_MISSING, "segment " + key + " can't be read on node " + nodeId + ": " + e, e);
        }
        return records;
    }

    /// Turns over a bit of a sealed segment's records on the disk.
    ///
    /// @return in which file, or null if there is none
    @Nullable
    String damage(SimDisk disk, ClusterState decided, SplittableRandom random) {
        List<String> files =
                disk.files().stream().filter(path -> isOfSealed(path, decided)).toList();
        if (files.isEmpty()) {
            return null;
        }
        String path = files.get(random.nextInt(files.size()));
        try {
            int bytes = disk.bytes(path).length;
            if (bytes <= StreamFileHeader.BYTES) {
                return null;
            }
            disk.flipBit(path, random.nextInt(StreamFileHeader.BYTES, bytes), random.nextInt(Byte.SIZE));
            return path;
        } catch (IOException e) {
            throw new ClusterFailure(BrokenPromise.NODE_BROKE, "no bit of " + path + " can be turned over: " + e, e);
        }
    }

    /// Turns over a bit in the midst of what the disk has of a segment.
    ///
    /// @return whether the disk has anything of it
    boolean damage(SimDisk disk, SegmentKey key) {
        String prefix = folderAndId(Segments.copies(engine, key).getFirst());
        for (String path : disk.files()) {
            try {
                int bytes = disk.bytes(path).length;
                if (path.startsWith(prefix) && bytes > StreamFileHeader.BYTES) {
                    disk.flipBit(path, (StreamFileHeader.BYTES + bytes) / 2, 0);
                    return true;
                }
            } catch (IOException e) {
                throw new ClusterFailure(
                        BrokenPromise.NODE_BROKE, "no bit of " + path + " can be turned over: " + e, e);
            }
        }
        return false;
    }

    private boolean isOfSealed(String path, ClusterState decided) {
        return engine.streams().stream()
                .filter(stream -> path.startsWith(folderAndId(stream)))
                .map(stream -> SegmentKey.decode(stream.key()))
                .anyMatch(key -> decided.fate(key.topicId(), key.segment()) == SegmentFate.SEALED);
    }

    /// How the paths of all of a stream's files begin.
    private static String folderAndId(LogStream stream) {
        String path = StreamFile.pathOf(stream.id(), 0);
        return path.substring(0, path.indexOf('-') + 1);
    }
}
