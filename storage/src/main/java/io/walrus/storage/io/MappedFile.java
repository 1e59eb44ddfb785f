package io.walrus.storage.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file whose bytes are written through a mapping of it: into the page cache like those of any other, but without a
/// call of the system for each write, which costs several times as much as a small write itself.
///
/// Owns the arena of its mapping. Forcing, and what lies behind the mapping, goes through a channel of the same file.
final class MappedFile implements DiskFile {
    /// A larger write hardly notices the call, while each page that is written through a mapping costs a fault, and an
    /// interrupt of all processors when it goes to the device.
    private static final int MAX_COPIED_BYTES = 16 << 10;

    private final ChannelFile file;
    private final Arena arena;
    private final ByteBuffer mapped;

    private MappedFile(ChannelFile file, Arena arena, ByteBuffer mapped) {
        this.file = file;
        this.arena = arena;
        this.mapped = mapped;
    }

    /// Maps all that `file` has by now. Where that can't be done, the file itself serves.
    @SuppressWarnings("MustBeClosedChecker") // The file it answers owns the arena.
    static DiskFile of(Path path, ChannelFile file) throws IOException {
        long size = file.size();
        if (size == 0 || size > Integer.MAX_VALUE) {
            return file;
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer mapped =
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena).asByteBuffer();
            return new MappedFile(file, arena, mapped);
        } catch (IOException | UnsupportedOperationException _) {
            arena.close();
            return file;
        }
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        int length = source.remaining();
        if (length > MAX_COPIED_BYTES || position > mapped.capacity() - length) {
            file.write(position, source);
            return;
        }
        copy(source, source.position(), mapped, (int) position, length);
        source.position(source.limit());
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        int length = target.remaining();
        if (position > mapped.capacity() - length) {
            return file.read(position, target);
        }
        copy(mapped, (int) position, target, target.position(), length);
        target.position(target.limit());
        return length;
    }

    private void copy(ByteBuffer source, int from, ByteBuffer target, int to, int length) throws IOException {
        try {
            target.put(to, source, from, length);
        } catch (InternalError e) {
            // How Java tells of a page that could not be read, or found no room on the device.
            throw new IOException("The mapped file " + file + " failed", e);
        } catch (IllegalStateException e) {
            // Closed meanwhile.
            throw (IOException) new ClosedChannelException().initCause(e);
        }
    }

    @Override
    public void force() throws IOException {
        // Of the file, which includes what was written through any mapping of it.
        file.force();
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        throw new UnsupportedOperationException("A mapped file keeps its size.");
    }

    @Override
    public void close() throws IOException {
        arena.close();
        file.close();
    }
}
