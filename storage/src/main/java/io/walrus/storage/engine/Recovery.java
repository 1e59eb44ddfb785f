package io.walrus.storage.engine;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.io.Clock;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.ShortageException;
import io.walrus.storage.journal.EngineIdentity;
import io.walrus.storage.journal.Geometry;
import io.walrus.storage.journal.GroupScanner;
import io.walrus.storage.journal.JournalFiles;
import io.walrus.storage.journal.JournalHeader;
import io.walrus.storage.journal.JournalStart;
import io.walrus.storage.stream.StreamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Brings a directory back to what was durable, and makes sure that what is read from then on is durable.
///
/// Takes the lock, reads the newest manifest, replays the journal from where the manifest says, writes anew what is not
/// known to be on the device, ends the journal and goes on in a new file, and deletes stream files that nothing refers
/// to. A crash at any point of it is answered by starting over: nothing is deleted before what makes it superfluous is
/// on the device, and what is written anew are the same bytes.
final class Recovery {
    static final String LOCK = "LOCK";

    private static final int REWRITE_BYTES = 1 << 20;
    private static final int MIN_FILES = 3;

    private final Disk disk;
    private final EngineConfig config;
    private final EngineState state;
    private final Clock clock;
    private final Catalog catalog = new Catalog();
    private final FlushQueue queue = new FlushQueue();
    private final AtomicInteger nextEpoch = new AtomicInteger(1);
    private final NavigableMap<Long, JournalHeader> headers = new TreeMap<>();
    private final List<Long> goodSpares = new ArrayList<>();
    private final List<Long> oldFiles = new ArrayList<>();

    Recovery(Disk disk, EngineConfig config, EngineState state, Clock clock) {
        this.disk = disk;
        this.config = config;
        this.state = state;
        this.clock = clock;
    }

    /// What an engine starts from.
    record Recovered(
            Manifest manifest,
            Catalog catalog,
            FlushQueue queue,
            AtomicInteger nextEpoch,
            JournalFiles journalFiles,
            JournalStart start,
            RecoveryReport report) {}

    /// Refuses a directory that holds anything that is not ours, before it is touched.
    static void checkOurs(Disk disk) throws IOException {
        boolean hasManifest = false;
        String foreign = "";
        for (String name : disk.list("")) {
            hasManifest |= Manifest.numberOf(name) >= 0;
            if (!name.equals(LOCK)
                    && !name.equals(Geometry.FOLDER)
                    && !name.equals(StreamFile.FOLDER)
                    && !name.startsWith(Manifest.PREFIX)) {
                foreign = name;
            }
        }
        if (!hasManifest) {
            for (String name : disk.list(Geometry.FOLDER)) {
                foreign = Geometry.fileNumber(name) >= 0 ? Geometry.FOLDER + "/" + name : foreign;
            }
            if (!foreign.isEmpty()) {
                throw new StorageException(
                        Category.FOREIGN,
                        "The data directory is not empty and not one of ours (it holds " + foreign
                                + "): choose an empty one.");
            }
        }
    }

    Recovered recover() throws IOException {
        long begun = clock.nanoTime();
        disk.createDirectories(Geometry.FOLDER);
        disk.createDirectories(StreamFile.FOLDER);
        Manifest manifest = newestManifest();
        nextEpoch.set(manifest.next().epoch());
        for (Manifest.Stream saved : manifest.streams()) {
            LogStream stream = new LogStream(saved.id(), saved.key());
            stream.restore(saved);
            catalog.add(stream);
        }
        catalog.restoreNextId(manifest.next().streamId());
        readHeaders(manifest);
        Replay replay = new Replay(manifest, catalog, queue);
        GroupScanner.Result scan;
        try (GroupScanner scanner = new GroupScanner(disk, manifest.geometry(), headers)) {
            // After a clean close nothing was appended before a manifest said that the directory is in use again.
            Manifest.Span span = manifest.journal();
            long beyond = manifest.clean() ? span.nextGroup() : Long.MAX_VALUE;
            scan = scanner.scan(span.start(), span.startGroup(), span.durableEnd(), beyond, replay);
        }
        if (scan.nextGroup() < manifest.journal().nextGroup()) {
            throw new StorageException(
                    Category.CORRUPT,
                    "The journal ends at group " + (scan.nextGroup() - 1) + " ("
                            + Geometry.pathOf(manifest.geometry().fileOf(scan.end())) + " at byte "
                            + manifest.geometry().offsetOf(scan.end()) + "), but group "
                            + (manifest.journal().nextGroup() - 1)
                            + " was durable. Restore the directory from a copy or a replica.");
        }
        boolean clean = manifest.clean();
        JournalFiles files = journalFiles(manifest);
        long head = clean ? continueFiles(files, manifest) : startNewFile(files, manifest.geometry(), scan);
        if (clean) {
            manifest = reopened(manifest);
        }
        removeOrphans();
        return new Recovered(
                manifest,
                catalog,
                queue,
                nextEpoch,
                files,
                new JournalStart(head, scan.nextGroup(), scan.firstGroups()),
                report(manifest, clean, scan, clock.nanoTime() - begun));
    }

    private static RecoveryReport report(Manifest manifest, boolean clean, GroupScanner.Result scan, long durationNs) {
        String warning = "";
        if (scan.holes()) {
            warning = "The journal had holes after group " + (scan.nextGroup() - 1)
                    + ": what was appended after that and not forced is lost.";
        } else if (scan.torn()) {
            warning = "The last group of the journal was incomplete and was dropped.";
        }
        return new RecoveryReport(
                clean || scan.nextGroup() == 0,
                scan.groups(),
                scan.records(),
                scan.end() - manifest.journal().start(),
                scan.torn(),
                scan.holes(),
                warning,
                durationNs);
    }

    private Manifest newestManifest() throws IOException {
        long newest = -1;
        List<String> names = disk.list("");
        for (String name : names) {
            newest = Math.max(newest, Manifest.numberOf(name));
        }
        Manifest manifest = newest < 0 ? create() : Manifest.read(disk, Manifest.nameOf(newest));
        // Its name may not be durable yet; what follows relies on it, and deletes the one before.
        disk.forceDirectory("");
        for (String name : names) {
            if (name.startsWith(Manifest.PREFIX) && Manifest.numberOf(name) != manifest.number()) {
                disk.delete(name);
            }
        }
        return manifest;
    }

    private Manifest create() throws IOException {
        Geometry geometry = new Geometry(config.blockBytes(), config.fileBytes());
        Manifest first = Manifest.first(new EngineIdentity(UUID.randomUUID(), geometry));
        first.write(disk);
        return first;
    }

    /// A clean directory is marked as in use before anything is appended: what is found in the journal later was then
    /// written by an owner that did not close it.
    private Manifest reopened(Manifest clean) throws IOException {
        Manifest.NextIds next = new Manifest.NextIds(clean.next().streamId(), nextEpoch.get());
        Manifest open =
                new Manifest(clean.number() + 1, false, clean.identity(), clean.journal(), next, clean.streams());
        open.write(disk);
        disk.delete(Manifest.nameOf(clean.number()));
        return open;
    }

    private void readHeaders(Manifest manifest) throws IOException {
        long first = manifest.geometry().fileOf(manifest.journal().start());
        for (String name : disk.list(Geometry.FOLDER)) {
            long number = Geometry.fileNumber(name);
            String path = Geometry.FOLDER + "/" + name;
            if (number < 0) {
                readSpare(name, path, manifest.geometry());
                continue;
            }
            JournalHeader header = header(path, manifest.geometry());
            boolean good = header != null
                    && header.number() == number
                    && header.identity().equals(manifest.identity());
            if (good && header != null) {
                nextEpoch.accumulateAndGet(header.epoch() + 1, Math::max);
                if (number < first) {
                    oldFiles.add(number);
                } else {
                    headers.put(number, header);
                }
            } else if (number < first) {
                disk.delete(path);
            } else {
                throw new StorageException(
                        Category.CORRUPT,
                        path + " is damaged at byte 0: its header is not the one that was written."
                                + " Restore the directory from a copy or a replica.");
            }
        }
        if (manifest.journal().start() % manifest.geometry().fileBytes() != 0 && !headers.containsKey(first)) {
            throw new StorageException(
                    Category.CORRUPT,
                    "Journal file " + first + " is missing. Restore the directory from a copy or a replica.");
        }
    }

    private void readSpare(String name, String path, Geometry geometry) throws IOException {
        long spare = Geometry.spareNumber(name);
        if (spare < 0) {
            return;
        }
        JournalHeader header = header(path, geometry);
        if (header == null) {
            disk.delete(path);
        } else {
            nextEpoch.accumulateAndGet(header.epoch() + 1, Math::max);
            goodSpares.add(spare);
        }
    }

    /// The header of a journal file that has its full size, or null.
    private @Nullable JournalHeader header(String path, Geometry geometry) throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            ByteBuffer bytes = JournalHeader.buffer();
            if (file.read(0, bytes) < Geometry.HEADER_BYTES
                    || file.size() < Geometry.HEADER_BYTES + geometry.fileBytes()) {
                return null;
            }
            return JournalHeader.decode(bytes.clear());
        }
    }

    private JournalFiles journalFiles(Manifest manifest) throws IOException {
        Geometry geometry = manifest.geometry();
        JournalFiles files = new JournalFiles(
                disk,
                manifest.identity(),
                nextEpoch::getAndIncrement,
                config.policy() instanceof FsyncPolicy.Group ? Disk.WriteMode.FORCED : Disk.WriteMode.MAPPED,
                new JournalFiles.Limits(
                        Math.max(MIN_FILES, config.maxJournalBytes() / geometry.fileBytes()), config.minFreeBytes()),
                geometry.fileOf(manifest.journal().start()));
        for (long spare : goodSpares) {
            files.adoptSpare(spare);
        }
        files.retire(oldFiles);
        return files;
    }

    /// After a clean stop: goes on where the journal ended.
    private long continueFiles(JournalFiles files, Manifest manifest) throws IOException {
        Geometry geometry = manifest.geometry();
        long end = manifest.journal().durableEnd();
        long head = Disk.blockUp(end);
        List<Long> detached = new ArrayList<>();
        for (JournalHeader header : headers.values()) {
            if (header.number() == files.lastReady() + 1) {
                files.adopt(header);
            } else {
                detached.add(header.number());
            }
        }
        files.retire(detached);
        if (files.lastReady() < geometry.fileOf(head)) {
            prepare(files);
        }
        return head;
    }

    /// After any other stop: writes anew what may not be durable, and goes on in a file with a new epoch, in
    /// which nothing that was left behind the end can ever pass as valid.
    ///
    /// A crash leaves the files behind the end turned into spares or not, and the new file or not. The new file's
    /// header says where the journal ended (its cut). Without it the next scan finds the same end again; with it
    /// the scan goes from that end to the new file.
    private long startNewFile(JournalFiles files, Geometry geometry, GroupScanner.Result scan) throws IOException {
        rewrite(geometry, scan.provenEnd(), scan.end());
        long next = Math.ceilDiv(scan.end(), geometry.fileBytes());
        for (JournalHeader header : headers.headMap(next, false).values()) {
            files.adopt(header);
        }
        files.retire(List.copyOf(headers.tailMap(next, true).descendingKeySet()));
        files.cutBeforeNext(new JournalHeader.Cut(scan.end(), scan.nextGroup()));
        prepare(files);
        return geometry.fileStart(next);
    }

    private void prepare(JournalFiles files) throws IOException {
        try {
            files.prepareNext();
        } catch (ShortageException e) {
            state.diskFull(EngineState.Shortage.PREPARING, String.valueOf(e.getMessage()));
        }
    }

    /// Writes what lies between two positions once more, and forces it.
    private void rewrite(Geometry geometry, long from, long to) throws IOException {
        long at = from & -(long) Disk.BLOCK_BYTES;
        long end = Disk.blockUp(to);
        ByteBuffer chunk = ByteBuffer.allocateDirect((int) Math.min(REWRITE_BYTES, Math.max(0, end - at)));
        while (at < end) {
            long number = geometry.fileOf(at);
            long fileEnd = Math.min(end, geometry.fileStart(number + 1));
            if (headers.containsKey(number)) {
                try (DiskFile file = disk.open(Geometry.pathOf(number), Disk.WriteMode.BUFFERED)) {
                    rewrite(geometry, file, at, fileEnd, chunk);
                }
            }
            at = fileEnd;
        }
    }

    private static void rewrite(Geometry geometry, DiskFile file, long from, long to, ByteBuffer chunk)
            throws IOException {
        for (long at = from; at < to; at += chunk.capacity()) {
            int bytes = (int) Math.min(chunk.capacity(), to - at);
            if (file.read(geometry.offsetOf(at), chunk.clear().limit(bytes)) < bytes) {
                throw new StorageException(
                        Category.CORRUPT, Geometry.pathOf(geometry.fileOf(at)) + " is shorter than it was.");
            }
            file.write(geometry.offsetOf(at), chunk.flip());
        }
        file.force();
    }

    /// Deletes stream files nothing refers to, and refuses if one is missing.
    private void removeOrphans() throws IOException {
        Set<String> expected = new HashSet<>();
        for (LogStream stream : catalog.streams()) {
            for (StreamFile file : stream.chain().files()) {
                expected.add(StreamFile.nameOf(stream.id(), file.base().records()));
            }
        }
        for (String name : disk.list(StreamFile.FOLDER)) {
            if (!expected.remove(name) && StreamFile.isName(name)) {
                disk.delete(StreamFile.FOLDER + "/" + name);
            }
        }
        if (!expected.isEmpty()) {
            throw new StorageException(
                    Category.CORRUPT,
                    StreamFile.FOLDER + "/" + expected.iterator().next()
                            + " is missing. Restore the file from a copy or a replica.");
        }
    }
}
