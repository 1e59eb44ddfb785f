package io.walrus.testkit.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The bytes of one simulated file: what every reader sees, what is durable, and the changes between the two in order.
///
/// A crash picks for each 512-byte sector one of the versions it had since it was last durable, as a page cache that is
/// written back at any moment does; the size and the truncations are picked likewise.
final class SimInode {
    static final int SECTOR_BYTES = 512;

    /// One change that is not durable yet. `time` orders the changes of all files of a disk.
    private sealed interface Change {
        long time();
    }

    private static final class Write implements Change {
        private final long time;
        private final int position;
        private final byte[] bytes;

        Write(long time, int position, byte[] bytes) {
            this.time = time;
            this.position = position;
            this.bytes = bytes;
        }

        @Override
        public long time() {
            return time;
        }

        int end() {
            return position + bytes.length;
        }

        /// None, a part that ends with a sector, or all.
        int keptBytes(SplittableRandom random) {
            int sectors = Math.ceilDiv(bytes.length, SECTOR_BYTES);
            int kept = random.nextBoolean() ? random.nextInt(sectors + 1) : random.nextInt(2) * sectors;
            return Math.min(bytes.length, kept * SECTOR_BYTES);
        }
    }

    private record Truncate(long time, int size) implements Change {}

    private final List<Change> unforced = new ArrayList<>();
    private Content live;
    private Content durable;
    private @Nullable Change underWay;

    SimInode() {
        this(new Content());
    }

    private SimInode(Content content) {
        live = content;
        durable = content.copy();
    }

    int size() {
        return live.size;
    }

    byte[] bytes() {
        return Arrays.copyOf(live.bytes, live.size);
    }

    int read(long position, byte[] target) {
        if (position >= live.size) {
            return 0;
        }
        int count = Math.min(target.length, live.size - (int) position);
        System.arraycopy(live.bytes, (int) position, target, 0, count);
        return count;
    }

    /// Notes a write as under way: a crash now may leave any part of it.
    void beginWrite(long time, int position, byte[] bytes) {
        underWay = new Write(time, position, bytes);
        unforced.add(underWay);
    }

    void beginTruncate(long time, int size) {
        underWay = new Truncate(time, size);
        unforced.add(underWay);
    }

    /// Ends the change under way: from now on readers see it.
    void finish() {
        Change change = underWay;
        if (change != null) {
            live.apply(change);
            underWay = null;
        }
    }

    /// Takes back the change under way after its first `bytes` bytes, as a failed write does.
    void fail(int bytes) {
        Change failed = underWay;
        if (failed == null) {
            return;
        }
        unforced.removeLast();
        underWay = null;
        if (failed instanceof Write write && bytes > 0) {
            beginWrite(write.time, write.position, Arrays.copyOf(write.bytes, bytes));
            finish();
        }
    }

    /// Makes the range of the last write durable, as a forced write does.
    void forceRange(int position, int length) {
        if (unforced.stream().anyMatch(Truncate.class::isInstance)) {
            force();
            return;
        }
        durable.apply(new Write(0, position, Arrays.copyOfRange(live.bytes, position, position + length)));
        List<Change> rest = new ArrayList<>();
        for (Change change : unforced) {
            Write write = (Write) change;
            int headEnd = Math.min(write.end(), position);
            if (headEnd > write.position) {
                rest.add(new Write(
                        write.time, write.position, Arrays.copyOfRange(write.bytes, 0, headEnd - write.position)));
            }
            int tailStart = Math.max(write.position, position + length);
            if (tailStart < write.end()) {
                rest.add(new Write(
                        write.time,
                        tailStart,
                        Arrays.copyOfRange(write.bytes, tailStart - write.position, write.bytes.length)));
            }
        }
        unforced.clear();
        unforced.addAll(rest);
    }

    /// Makes all bytes and the size durable, but for those that a failed force left behind.
    void force() {
        unforced.forEach(durable::apply);
        unforced.clear();
    }

    /// Fails to make anything durable. The pages count as clean from now on: a later force does not write them either,
    /// though readers see them as long as the machine runs.
    void failForce() {
        unforced.clear();
    }

    void flipBit(int offset, int bit) {
        live.bytes[offset] ^= (byte) (1 << bit);
        if (offset < durable.size) {
            durable.bytes[offset] ^= (byte) (1 << bit);
        }
    }

    /// Adds the times of all changes that are not durable.
    void collectTimes(Set<Long> times) {
        unforced.forEach(change -> times.add(change.time()));
    }

    /// This file after its process was killed: what was written is still to be read, and still not durable.
    SimInode afterKill(SplittableRandom random) {
        SimInode survivor = new SimInode(durable);
        survivor.live = live.copy();
        for (Change change : unforced) {
            if (!change.equals(underWay)) {
                survivor.unforced.add(change);
            } else if (change instanceof Write write) {
                byte[] kept = Arrays.copyOf(write.bytes, write.keptBytes(random));
                survivor.beginWrite(write.time, write.position, kept);
                survivor.finish();
            } else if (random.nextBoolean()) {
                survivor.unforced.add(change);
                survivor.live.apply(change);
            }
        }
        return survivor;
    }

    /// What is left of this file after the power went.
    ///
    /// @param cutTime for [CrashOutcome#ORDERED_PREFIX], the time of the first change that did not reach the device
    SimInode afterPowerLoss(CrashOutcome outcome, long cutTime, SplittableRandom random) {
        return new SimInode(
                switch (outcome) {
                    case PROCESS_KILLED -> throw new IllegalArgumentException("not a loss of power");
                    case ALL_LOST -> durable.copy();
                    case ORDERED_PREFIX -> upTo(cutTime, random);
                    case SCATTERED -> scattered(random);
                });
    }

    private Content upTo(long cutTime, SplittableRandom random) {
        Content content = durable.copy();
        for (Change change : unforced) {
            if (change.time() < cutTime) {
                content.apply(change);
            } else if (change.time() == cutTime) {
                content.applyPart(change, random);
            }
        }
        return content;
    }

    private Content scattered(SplittableRandom random) {
        // A truncation is one change of metadata: the later ones cannot be there without the earlier ones, and what was
        // written after one that was lost was lost with it.
        List<Integer> cuts = new ArrayList<>();
        for (int i = 0; i < unforced.size(); i++) {
            if (unforced.get(i) instanceof Truncate) {
                cuts.add(i);
            }
        }
        int keptCuts = random.nextInt(cuts.size() + 1);
        int limit = keptCuts < cuts.size() ? cuts.get(keptCuts) : unforced.size();
        int floor = keptCuts == 0 ? 0 : cuts.get(keptCuts - 1) + 1;
        Content sizes = durable.copy();
        List<Integer> possibleSizes = new ArrayList<>();
        for (int i = 0; i < limit; i++) {
            if (i == floor) {
                possibleSizes.add(sizes.size);
            }
            sizes.apply(unforced.get(i));
            if (i >= floor) {
                possibleSizes.add(sizes.size);
            }
        }
        Content content = durable.copy();
        double keep = new double[] {0.02, 0.1, 0.5, 0.9, 0.98}[random.nextInt(5)];
        int[] versions = new int[sizes.highest / SECTOR_BYTES + 1];
        for (int sector = 0; sector < versions.length; sector++) {
            boolean newest = random.nextDouble() < keep;
            versions[sector] = newest ? limit : random.nextInt(Math.max(1, limit));
        }
        for (int i = 0; i < limit; i++) {
            switch (unforced.get(i)) {
                case Truncate truncate -> content.apply(truncate);
                case Write write -> content.applySectors(write, i, versions);
            }
        }
        int size = possibleSizes.isEmpty() ? content.size : possibleSizes.get(random.nextInt(possibleSizes.size()));
        content.resize(size);
        return content;
    }

    /// Bytes and a size; beyond the size all bytes are zero.
    private static final class Content {
        private byte[] bytes = new byte[0];
        private int size;
        /// The largest size it ever had.
        private int highest;

        Content copy() {
            Content copy = new Content();
            copy.bytes = Arrays.copyOf(bytes, size);
            copy.size = size;
            copy.highest = highest;
            return copy;
        }

        void apply(Change change) {
            switch (change) {
                case Write write -> put(write.position, write.bytes, 0, write.bytes.length);
                case Truncate truncate -> resize(Math.min(size, truncate.size));
            }
        }

        /// Applies nothing of a change, a part that ends with a sector, or all of it.
        void applyPart(Change change, SplittableRandom random) {
            switch (change) {
                case Write write -> put(write.position, write.bytes, 0, write.keptBytes(random));
                case Truncate truncate -> {
                    if (random.nextBoolean()) {
                        apply(truncate);
                    }
                }
            }
        }

        /// Applies the parts of a write whose sectors were picked at a version after it.
        void applySectors(Write write, int index, int[] versions) {
            int from = write.position;
            while (from < write.end()) {
                int end = Math.min(write.end(), (from / SECTOR_BYTES + 1) * SECTOR_BYTES);
                if (index < versions[from / SECTOR_BYTES]) {
                    put(from, write.bytes, from - write.position, end - from);
                }
                from = end;
            }
        }

        private void put(int position, byte[] source, int offset, int length) {
            if (length == 0) {
                return;
            }
            int end = position + length;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, Math.min(bytes.length * 2, end + (1 << 20))));
            }
            System.arraycopy(source, offset, bytes, position, length);
            size = Math.max(size, end);
            highest = Math.max(highest, size);
        }

        private void resize(int newSize) {
            if (newSize < size) {
                Arrays.fill(bytes, newSize, size, (byte) 0);
            } else if (newSize > bytes.length) {
                bytes = Arrays.copyOf(bytes, newSize);
            }
            size = newSize;
            highest = Math.max(highest, size);
        }
    }
}
