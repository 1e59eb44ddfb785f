package io.walrus.storage.stream;

import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;

/// The stream files that are open, the least recently used closed first. Thread-safe; writing is for one thread, and so
/// is forcing: only the one that counts on what it wrote may be told that a force failed.
public final class StreamFiles {
    private static final int FORCED_TOGETHER = 512;

    private final Disk disk;
    private final UUID engine;
    private final int maxDescriptors;
    private final LinkedHashMap<Integer, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);
    /// Of all files in the table, as far as it knows.
    private int descriptors;

    private boolean namesChanged;

    /// @param maxDescriptors of how many handles files are closed
    public StreamFiles(Disk disk, UUID engine, int maxDescriptors) {
        this.disk = disk;
        this.engine = engine;
        this.maxDescriptors = maxDescriptors;
    }

    /// Opens a file for reading, or finds it open. Every call is paired with one of [#release].
    ///
    /// @throws StorageException CORRUPT if it is missing, or not the file the manifest means
    public synchronized OpenFile acquire(int streamId, StreamFile file) throws IOException {
        OpenFile found = find(streamId, file);
        found.openForReading();
        return used(found);
    }

    /// Opens a file to be looked at as the device has it, apart from those in the table. To be closed.
    ///
    /// @throws StorageException CORRUPT if it is missing, or not the file the manifest means
    public StreamFileCheck check(int streamId, StreamFile file, RecordWindow window) throws IOException {
        return new StreamFileCheck(new OpenFile(disk, engine, streamId, file), file.base(), window);
    }

    private synchronized OpenFile acquireForWriting(int streamId, StreamFile file) throws IOException {
        OpenFile found = find(streamId, file);
        found.openForWriting(file.fileBytes());
        return used(found);
    }

    private OpenFile find(int streamId, StreamFile file) {
        OpenFile found = open.get(file.epoch());
        return found == null ? new OpenFile(disk, engine, streamId, file) : found;
    }

    private OpenFile used(OpenFile file) {
        open.putIfAbsent(file.epoch(), file);
        file.users++;
        return file;
    }

    public synchronized void release(OpenFile file) throws IOException {
        file.users--;
        if (!file.retired) {
            descriptors += file.descriptors() - file.counted;
            file.counted = file.descriptors();
            evict();
        } else if (file.users == 0) {
            file.close();
        }
    }

    /// Creates a file, in place of one of that name that no longer counts. Not durable before [#force].
    public synchronized void create(int streamId, StreamFile file) throws IOException {
        String path = StreamFile.pathOf(streamId, file.base().records());
        namesChanged = true;
        disk.delete(path);
        ByteBuffer scratch = ByteBuffer.allocate(StreamFileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        StreamFileHeader.of(engine, streamId, file).encode(scratch, 0);
        try (DiskFile created = disk.open(path, Disk.WriteMode.BUFFERED)) {
            created.write(0, scratch);
        }
    }

    /// Writes the remaining bytes behind a file's valid ones.
    public void append(int streamId, StreamFile file, ByteBuffer bytes) throws IOException {
        OpenFile handle = acquireForWriting(streamId, file);
        try {
            markUnforced(handle);
            handle.write(file.fileBytes(), bytes);
        } finally {
            release(handle);
        }
        if (isOverfull()) {
            force(FORCED_TOGETHER);
        }
    }

    private synchronized boolean isOverfull() {
        return descriptors > maxDescriptors;
    }

    private synchronized void markUnforced(OpenFile handle) {
        handle.unforced = true;
    }

    /// Makes everything written, and every name, durable.
    public void force() throws IOException {
        force(Integer.MAX_VALUE);
        if (namesChanged()) {
            disk.forceDirectory(StreamFile.FOLDER);
            clearNamesChanged();
        }
    }

    /// Forces those that were used longest ago. Nobody waits for the table meanwhile.
    private void force(int most) throws IOException {
        List<OpenFile> pinned = pinUnforced(most);
        try {
            force(pinned);
        } finally {
            for (OpenFile file : pinned) {
                release(file);
            }
        }
    }

    /// Lack of space is an error as any other here: what found no room may be lost by now, and another force would not
    /// say so.
    private void force(List<OpenFile> files) throws IOException {
        List<DiskFile> written = new ArrayList<>();
        for (OpenFile file : files) {
            DiskFile writer = file.writer();
            if (writer != null) {
                written.add(writer);
            }
        }
        try {
            disk.force(written);
        } catch (DiskFullException e) {
            throw new IOException(e.getMessage(), e);
        }
        markForced(files);
    }

    private synchronized boolean namesChanged() {
        return namesChanged;
    }

    private synchronized void clearNamesChanged() {
        namesChanged = false;
    }

    private synchronized List<OpenFile> pinUnforced(int most) {
        List<OpenFile> pinned =
                open.values().stream().filter(file -> file.unforced).limit(most).toList();
        pinned.forEach(file -> file.users++);
        return pinned;
    }

    private synchronized void markForced(List<OpenFile> files) {
        for (OpenFile file : files) {
            file.unforced = false;
        }
    }

    /// Deletes a file that no durable state needs any more.
    ///
    /// @param nameReused whether a newer file has taken its name
    public synchronized void delete(int streamId, StreamFile file, boolean nameReused) throws IOException {
        OpenFile dropped = open.remove(file.epoch());
        if (dropped != null) {
            descriptors -= dropped.counted;
            dropped.retired = true;
            if (dropped.users == 0) {
                dropped.close();
            }
        }
        if (!nameReused) {
            disk.delete(StreamFile.pathOf(streamId, file.base().records()));
            namesChanged = true;
        }
    }

    // A file closed before it is forced could lose a write error. Who writes has it forced, and not a reader, who would
    // hear of an error that no later force reports again.
    private void evict() throws IOException {
        Iterator<OpenFile> eldest = open.values().iterator();
        while (descriptors > maxDescriptors && eldest.hasNext()) {
            OpenFile file = eldest.next();
            if (file.users == 0 && !file.unforced) {
                eldest.remove();
                descriptors -= file.counted;
                file.close();
            }
        }
    }

    public synchronized void close() throws IOException {
        for (OpenFile file : open.values()) {
            file.close();
        }
        open.clear();
        descriptors = 0;
    }
}
