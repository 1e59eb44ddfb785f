package io.walrus.storage.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// One directory tree, the only thing the engine stores data in. Paths are relative, `/`-separated, and plain ASCII.
///
/// Durability: a file's bytes are durable once [DiskFile#force] or a write to a [WriteMode#FORCED] file returned;
/// a file's existence, absence or name only once [#forceDirectory] of its parent returned. Before that a crash may
/// keep or undo each of them independently.
///
/// Thread-safe. A failed call throws [IOException]; one caused by lack of space throws [DiskFullException].
public interface Disk {
    /// How writes to a file reach the device.
    enum WriteMode {
        /// Through the page cache; durable after [DiskFile#force].
        BUFFERED,
        /// The same, for a file that has its full size and room on the device for all of it, and is only written
        /// within: a small write costs far less.
        MAPPED,
        /// The same, for a file of which much is written that is not read again soon. Long writes reach the device
        /// sooner and cheaper if the buffer's address and the position are equally far from a multiple of
        /// [#BLOCK_BYTES].
        BULK,
        /// Each write is durable when it returns. Positions, lengths and buffer addresses are multiples of
        /// [#BLOCK_BYTES].
        FORCED
    }

    /// Alignment of writes to files opened [WriteMode#FORCED], in bytes.
    int BLOCK_BYTES = 4096;

    /// The next multiple of [#BLOCK_BYTES] that is not before `position`.
    static long blockUp(long position) {
        return (position + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    /// Memory outside the heap for forced and long writes, little-endian, at an address that is a multiple of
    /// [#BLOCK_BYTES].
    ///
    /// @param bytes its capacity, any number
    static ByteBuffer alignedBuffer(int bytes) {
        // A slice ends at a multiple, too, so there has to be a whole block more.
        return ByteBuffer.allocateDirect(Math.toIntExact(blockUp(bytes) + BLOCK_BYTES))
                .alignedSlice(BLOCK_BYTES)
                .slice(0, bytes)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Opens for reading and writing, creating the file if it is absent.
    DiskFile open(String path, WriteMode mode) throws IOException;

    /// Forces several files of this disk, as [DiskFile#force] does each. After a failure some of them may have been
    /// forced.
    default void force(List<? extends DiskFile> files) throws IOException {
        for (DiskFile file : files) {
            file.force();
        }
    }

    /// Opens an existing file for reading only.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    DiskFile openForReading(String path) throws IOException;

    /// Opens an existing file to look at what the device has of it, rather than at what the system remembers, if that
    /// can be done.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    default DiskFile openForChecking(String path) throws IOException {
        return openForReading(path);
    }

    boolean exists(String path) throws IOException;

    /// The names (not paths) of the entries of a directory, sorted; empty if the directory does not exist.
    List<String> list(String directory) throws IOException;

    /// Creates a directory and its missing parents, and makes that durable.
    void createDirectories(String directory) throws IOException;

    /// Renames within this disk, replacing the target if there is one, atomically.
    void rename(String from, String to) throws IOException;

    /// Deletes a file if it exists. Open handles stay usable.
    void delete(String path) throws IOException;

    /// Makes creations, renames and deletions in a directory durable.
    void forceDirectory(String directory) throws IOException;

    /// Bytes that may still be written before the disk is full.
    long usableBytes() throws IOException;

    /// Takes the exclusive right to use this tree until the returned handle is closed or the process ends.
    ///
    /// @throws DirectoryInUseException if another holder (of this or another process) has it
    Closeable lock(String path) throws IOException;
}
