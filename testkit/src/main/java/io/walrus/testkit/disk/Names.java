package io.walrus.testkit.disk;

import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The directory tree of a [SimDisk]: the names readers see, the durable ones, and the changes between the two
/// in order.
final class Names {
    private sealed interface Change {
        long time();

        String directory();

        void apply(Map<String, SimInode> names);

        /// The same change of a copy of the tree.
        Change of(Map<SimInode, SimInode> copies);
    }

    private record Create(long time, String path, SimInode inode) implements Change {
        @Override
        public String directory() {
            return parent(path);
        }

        @Override
        public void apply(Map<String, SimInode> names) {
            names.put(path, inode);
        }

        @Override
        public Change of(Map<SimInode, SimInode> copies) {
            return new Create(time, path, copy(copies, inode));
        }
    }

    private record Rename(long time, String from, String to, SimInode inode) implements Change {
        @Override
        public String directory() {
            return parent(to);
        }

        @Override
        public void apply(Map<String, SimInode> names) {
            names.remove(from, inode);
            names.put(to, inode);
        }

        @Override
        public Change of(Map<SimInode, SimInode> copies) {
            return new Rename(time, from, to, copy(copies, inode));
        }
    }

    private record Delete(long time, String path, SimInode inode) implements Change {
        @Override
        public String directory() {
            return parent(path);
        }

        @Override
        public void apply(Map<String, SimInode> names) {
            names.remove(path, inode);
        }

        @Override
        public Change of(Map<SimInode, SimInode> copies) {
            return new Delete(time, path, copy(copies, inode));
        }
    }

    private final NavigableMap<String, SimInode> live = new TreeMap<>();
    private final NavigableMap<String, SimInode> durable = new TreeMap<>();
    private final Set<String> directories = new TreeSet<>();
    private final List<Change> unforced = new ArrayList<>();
    private @Nullable Change underWay;

    boolean exists(String path) {
        return live.containsKey(path);
    }

    boolean isDirectory(String path) {
        return path.isEmpty() || directories.contains(path);
    }

    SimInode find(String path) throws NoSuchFileException {
        SimInode inode = live.get(path);
        if (inode == null) {
            throw new NoSuchFileException(path);
        }
        return inode;
    }

    List<String> files() {
        return List.copyOf(live.keySet());
    }

    long usedBytes() {
        long sum = 0;
        for (SimInode inode : live.values()) {
            sum += inode.size();
        }
        return sum;
    }

    List<String> list(String directory) {
        Set<String> found = new TreeSet<>();
        for (String path : live.keySet()) {
            if (parent(path).equals(directory)) {
                found.add(name(path));
            }
        }
        for (String path : directories) {
            if (parent(path).equals(directory)) {
                found.add(name(path));
            }
        }
        return List.copyOf(found);
    }

    void createDirectories(String directory) {
        for (String path = directory; !path.isEmpty(); path = parent(path)) {
            directories.add(path);
        }
    }

    void beginCreate(long time, String path, SimInode inode) throws NoSuchFileException {
        checkDirectory(path);
        begin(new Create(time, path, inode));
    }

    void beginRename(long time, String from, String to) throws NoSuchFileException {
        checkDirectory(to);
        begin(new Rename(time, from, to, find(from)));
    }

    void beginDelete(long time, String path) throws NoSuchFileException {
        begin(new Delete(time, path, find(path)));
    }

    private void checkDirectory(String path) throws NoSuchFileException {
        if (!isDirectory(parent(path))) {
            throw new NoSuchFileException(path, null, "its directory does not exist");
        }
    }

    private void begin(Change change) {
        underWay = change;
        unforced.add(change);
    }

    /// Ends the change under way: from now on readers see it.
    void finish() {
        if (underWay != null) {
            underWay.apply(live);
            underWay = null;
        }
    }

    /// Takes back the change under way.
    void undo() {
        if (underWay != null) {
            unforced.removeLast();
            underWay = null;
        }
    }

    void force(String directory) {
        for (Change change : unforced) {
            if (change.directory().equals(directory)) {
                change.apply(durable);
            }
        }
        unforced.removeIf(change -> change.directory().equals(directory));
    }

    /// The tree a crash now leaves, with what is left of each file.
    Names survivors(CrashOutcome outcome, SplittableRandom random) {
        return outcome == CrashOutcome.PROCESS_KILLED ? afterKill(random) : afterPowerLoss(outcome, random);
    }

    private Names afterKill(SplittableRandom random) {
        Names survivors = new Names();
        survivors.directories.addAll(directories);
        Map<SimInode, SimInode> copies = new HashMap<>();
        live.values().forEach(inode -> copies.computeIfAbsent(inode, from -> from.afterKill(random)));
        durable.values().forEach(inode -> copies.computeIfAbsent(inode, from -> from.afterKill(random)));
        live.forEach((path, inode) -> survivors.live.put(path, copy(copies, inode)));
        durable.forEach((path, inode) -> survivors.durable.put(path, copy(copies, inode)));
        for (Change change : unforced) {
            if (!change.equals(underWay)) {
                survivors.unforced.add(change.of(copies));
            } else if (random.nextBoolean()) {
                Change kept = change.of(copies);
                kept.apply(survivors.live);
                survivors.unforced.add(kept);
            }
        }
        return survivors;
    }

    private static SimInode copy(Map<SimInode, SimInode> copies, SimInode inode) {
        // A file that was created and deleted again, both unforced, has no name on either side.
        return copies.computeIfAbsent(inode, _ -> new SimInode());
    }

    private Names afterPowerLoss(CrashOutcome outcome, SplittableRandom random) {
        long cutTime = cutTime(random);
        double keep = new double[] {0.1, 0.5, 0.9}[random.nextInt(3)];
        NavigableMap<String, SimInode> kept = new TreeMap<>(durable);
        for (Change change : unforced) {
            boolean survives =
                    switch (outcome) {
                        case PROCESS_KILLED -> throw new IllegalArgumentException("not a loss of power");
                        case ALL_LOST -> false;
                        case ORDERED_PREFIX ->
                            change.time() < cutTime || (change.time() == cutTime && random.nextBoolean());
                        case SCATTERED -> random.nextDouble() < keep;
                    };
            if (survives) {
                change.apply(kept);
            }
        }
        Names survivors = new Names();
        survivors.directories.addAll(directories);
        kept.forEach((path, inode) -> {
            SimInode left = inode.afterPowerLoss(outcome, cutTime, random);
            survivors.live.put(path, left);
            survivors.durable.put(path, left);
        });
        return survivors;
    }

    private long cutTime(SplittableRandom random) {
        TreeSet<Long> times = new TreeSet<>();
        unforced.forEach(change -> times.add(change.time()));
        live.values().forEach(inode -> inode.collectTimes(times));
        durable.values().forEach(inode -> inode.collectTimes(times));
        if (times.isEmpty()) {
            return 0;
        }
        List<Long> sorted = List.copyOf(times);
        return sorted.get(random.nextInt(sorted.size()));
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
