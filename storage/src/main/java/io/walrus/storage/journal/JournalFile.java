package io.walrus.storage.journal;

import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One journal file that is in use or ready for it.
final class JournalFile {
    private final Disk disk;
    private final Geometry geometry;
    private final String path;
    private final DiskFile writer;
    private final int mask;
    private final boolean forcesWrites;

    /// Whether it holds written bytes that were not forced. Set under the commit lock; read under the force lock too.
    private volatile boolean unforced;

    private @Nullable DiskFile reader;

    JournalFile(Disk disk, JournalHeader header, Disk.WriteMode mode) throws IOException {
        this.disk = disk;
        this.geometry = header.identity().geometry();
        this.path = Geometry.pathOf(header.number());
        this.mask = RecordFormat.mask(header.epoch());
        this.forcesWrites = mode == Disk.WriteMode.FORCED;
        this.writer = disk.open(path, mode);
    }

    int mask() {
        return mask;
    }

    void write(long position, ByteBuffer bytes) throws IOException {
        if (!forcesWrites) {
            unforced = true;
        }
        writer.write(geometry.offsetOf(position), bytes);
    }

    /// Forces what is written by now. It still counts as unforced: more may be on its way.
    void forceAhead() throws IOException {
        if (unforced) {
            writer.force();
        }
    }

    void force() throws IOException {
        if (unforced) {
            writer.force();
            unforced = false;
        }
    }

    int read(long position, ByteBuffer target) throws IOException {
        return reader().read(geometry.offsetOf(position), target);
    }

    // Forced handles may demand aligned reads; this one takes any.
    private synchronized DiskFile reader() throws IOException {
        if (!forcesWrites) {
            return writer;
        }
        if (reader == null) {
            reader = disk.openForReading(path);
        }
        return reader;
    }

    synchronized void close() throws IOException {
        try (DiskFile _ = writer) {
            if (reader != null) {
                reader.close();
            }
        }
    }
}
