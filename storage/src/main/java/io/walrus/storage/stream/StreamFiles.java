package io.walrus.storage.stream;

import io.walrus.storage.StorageException;
import io.walrus.storage.StorageException.Category;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The stream files that are open, the least recently used closed first. Thread-safe; writing is for one thread, and so
/// is forcing: only the one that counts on what it wrote may be told that a force failed.
public final class StreamFiles {
    private static final int FORCED_TOGETHER = 256;

    private final Disk disk;
    private final Disk.WriteMode writeMode;
    private final UUID engine;
    private final int maxOpen;
    private final LinkedHashMap<Integer, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);
    private boolean namesChanged;

    /// @param writeMode how records are written
    /// @param maxOpen how many stay open
    public StreamFiles(Disk disk, Disk.WriteMode writeMode, UUID engine, int maxOpen) {
        this.disk = disk;
        this.writeMode = writeMode;
        this.engine = engine;
        this.maxOpen = maxOpen;
    }

    /// Opens a file for reading, or finds it open. Every call is paired with one of [#release].
    ///
    /// @throws StorageException CORRUPT if it is missing, or not the file the manifest means
    public OpenFile acquire(int streamId, StreamFile file) throws IOException {
        return acquire(streamId, file, false);
    }

    private synchronized OpenFile acquire(int streamId, StreamFile file, boolean forWriting) throws IOException {
        OpenFile found = open.get(file.epoch());
        if (found == null) {
            found = open(streamId, file);
            open.put(file.epoch(), found);
            evict(found, forWriting);
        }
        found.users++;
        return found;
    }

    private OpenFile open(int streamId, StreamFile file) throws IOException {
        String path = StreamFile.pathOf(streamId, file.base().records());
        DiskFile reader;
        try {
            reader = disk.openForReading(path);
        } catch (NoSuchFileException _) {
            throw OpenFile.missing(path);
        }
        boolean checked = false;
        try {
            ByteBuffer bytes = ByteBuffer.allocate(StreamFileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            StreamFileHeader header =
                    reader.read(0, bytes) < StreamFileHeader.BYTES ? null : StreamFileHeader.decode(bytes.clear());
            if (!isOf(header, streamId, file)) {
                throw new StorageException(
                        Category.CORRUPT,
                        path + " is damaged at byte 0: its header is not the one that was written."
                                + " Restore the file from a copy or a replica.");
            }
            checked = true;
            return new OpenFile(disk, writeMode, streamId, file, reader);
        } finally {
            if (!checked) {
                reader.close();
            }
        }
    }

    private boolean isOf(@Nullable StreamFileHeader header, int streamId, StreamFile file) {
        return header != null
                && header.epoch() == file.epoch()
                && header.streamId() == streamId
                && header.baseRecord() == file.base().records()
                && header.baseEntry() == file.base().entries()
                && header.engine().equals(engine);
    }

    public synchronized void release(OpenFile file) throws IOException {
        file.users--;
        if (file.users == 0 && file.evicted) {
            file.close();
        }
    }

    /// Creates a file, in place of one of that name that no longer counts. Not durable before [#force].
    public synchronized void create(int streamId, StreamFile file) throws IOException {
        String path = StreamFile.pathOf(streamId, file.base().records());
        namesChanged = true;
        disk.delete(path);
        ByteBuffer scratch = ByteBuffer.allocate(StreamFileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        new StreamFileHeader(
                        file.epoch(),
                        streamId,
                        file.base().records(),
                        file.base().entries(),
                        engine)
                .encode(scratch, 0);
        try (DiskFile created = disk.open(path, Disk.WriteMode.BUFFERED)) {
            created.write(0, scratch);
        }
    }

    /// Writes the remaining bytes behind a file's valid ones.
    public void append(int streamId, StreamFile file, ByteBuffer bytes) throws IOException {
        OpenFile handle = acquire(streamId, file, true);
        try {
            markUnforced(handle);
            handle.write(file.fileBytes(), bytes);
        } finally {
            release(handle);
        }
    }

    private synchronized void markUnforced(OpenFile handle) {
        handle.unforced = true;
    }

    /// Makes everything written, and every name, durable.
    public void force() throws IOException {
        List<OpenFile> pinned = pinUnforced();
        try {
            force(pinned);
        } finally {
            for (OpenFile file : pinned) {
                release(file);
            }
        }
        if (namesChanged()) {
            disk.forceDirectory(StreamFile.FOLDER);
            clearNamesChanged();
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

    private synchronized List<OpenFile> pinUnforced() {
        List<OpenFile> pinned = new ArrayList<>();
        for (OpenFile file : open.values()) {
            if (file.unforced) {
                file.users++;
                pinned.add(file);
            }
        }
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
            retire(dropped);
        }
        if (!nameReused) {
            disk.delete(StreamFile.pathOf(streamId, file.base().records()));
            namesChanged = true;
        }
    }

    // A file closed before it is forced could lose a write error, so it is forced first, and the next ones with it.
    // Not by a reader, who would hear of an error that no later force reports again.
    private void evict(OpenFile keep, boolean mayForce) throws IOException {
        Iterator<OpenFile> eldest = open.values().iterator();
        while (open.size() > maxOpen && eldest.hasNext()) {
            OpenFile file = eldest.next();
            if (file == keep || file.users > 0 || (file.unforced && !mayForce)) {
                continue;
            }
            if (file.unforced) {
                force(eldestUnforced());
            }
            eldest.remove();
            file.close();
        }
    }

    private List<OpenFile> eldestUnforced() {
        return open.values().stream()
                .filter(file -> file.unforced && file.users == 0)
                .limit(FORCED_TOGETHER)
                .toList();
    }

    private void retire(OpenFile file) throws IOException {
        file.evicted = true;
        if (file.users == 0) {
            file.close();
        }
    }

    public synchronized void close() throws IOException {
        for (OpenFile file : open.values()) {
            file.close();
        }
        open.clear();
    }
}
