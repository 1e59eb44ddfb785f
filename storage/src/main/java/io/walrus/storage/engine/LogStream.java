package io.walrus.storage.engine;

import io.walrus.storage.journal.Watermarks;
import io.walrus.storage.stream.Counts;
import io.walrus.storage.stream.FileChain;
import io.walrus.storage.stream.StreamFile;
import io.walrus.storage.stream.StreamTail;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One append-only sequence of records. Obtained from its [LogEngine].
///
/// Two views: what was appended, which belongs to whoever holds the append lock, and what is durable, which any
/// thread may ask for.
public final class LogStream {
    private final int id;
    private final byte[] key;

    // What was appended. Guarded by the append lock; records, entries and bytes are written under the monitor, too.
    private long records;
    private long entries;
    private long bytes;
    long trimmedTo;
    long touchedGroup = Watermarks.NO_GROUP;
    long createdGroup = Watermarks.NO_GROUP;
    private volatile boolean deleted;

    // Truncations that are appended, not durable: no group before the last of them may show more than this.
    private long truncatedGroup = Watermarks.NO_GROUP;
    private Counts truncatedTo = Counts.ZERO;

    // What is durable. Written under the monitor.
    private volatile long durableRecords;
    private volatile long durableEntries;
    private volatile long durableBytes;
    private volatile long firstEntry;

    // Guarded by the monitor.
    final StreamTail tail = new StreamTail();
    private FileChain chain = FileChain.EMPTY;
    private Map<String, Cursor> cursors = Map.of();
    private Map<String, byte[]> attributes = Map.of();
    /// Whether a manifest has these very maps: a change then makes others.
    private boolean cursorsAreShared = true;
    private boolean attributesAreShared = true;
    private int truncations;
    private long publishedTruncation = Watermarks.NO_GROUP;
    private long recordsAtCheckpoint = -1;

    // Where the first record that is in no file lies, while queued for flushing. Guarded by the flush queue.
    long dirtyPosition;
    boolean queued;

    LogStream(int id, byte[] key) {
        this.id = id;
        this.key = key.clone();
    }

    /// The number no other stream of this engine ever has.
    public int id() {
        return id;
    }

    /// The name it was created with.
    public byte[] key() {
        return key.clone();
    }

    byte[] keyBytes() {
        return key;
    }

    /// The group that holds its creation, [Watermarks#NO_GROUP] if it was found at opening. Under the append lock.
    public long createdGroup() {
        return createdGroup;
    }

    /// Records appended. Under the append lock.
    public long records() {
        return records;
    }

    /// Entries appended. Under the append lock.
    public long entries() {
        return entries;
    }

    /// Entry bytes appended. Under the append lock.
    public long bytes() {
        return bytes;
    }

    /// Records durable on this disk.
    public long durableRecords() {
        return durableRecords;
    }

    /// Entries durable on this disk; reading from here finds nothing yet.
    public long durableEntries() {
        return durableEntries;
    }

    /// Entry bytes durable on this disk.
    public long durableBytes() {
        return durableBytes;
    }

    /// The sequence of the first record that is kept: reading records finds those from here on.
    public synchronized long firstRecord() {
        return chain.firstRecord();
    }

    /// The first entry that was not trimmed.
    public long firstEntry() {
        return firstEntry;
    }

    /// Whether it was deleted.
    public boolean isDeleted() {
        return deleted;
    }

    /// The durable cursor of that name. A cursor stays where it is when records are truncated.
    public synchronized @Nullable Cursor cursor(String name) {
        return cursors.get(name);
    }

    /// All durable cursors.
    synchronized Map<String, Cursor> cursors() {
        return Map.copyOf(cursors);
    }

    /// The durable attribute of that name.
    public synchronized byte @Nullable [] attribute(String name) {
        byte[] value = attributes.get(name);
        return value == null ? null : value.clone();
    }

    Counts appended() {
        return new Counts(records, entries, bytes);
    }

    /// Takes note of a record appended. Under the append lock.
    ///
    /// @return whether it is the first one that is in no file
    boolean append(long position, long addedEntries, long addedBytes) {
        boolean first;
        synchronized (this) {
            first = tail.isEmpty();
            tail.add(records, position, entries, bytes);
            records++;
            entries += addedEntries;
            bytes += addedBytes;
        }
        return first;
    }

    /// What lies before a record, if that can be told without reading files.
    ///
    /// @throws IllegalArgumentException if there are not as many records
    synchronized @Nullable Counts countsBefore(long record) {
        if (record < 0 || record > records) {
            throw new IllegalArgumentException("A stream of " + records + " records cannot be cut to " + record + ".");
        }
        if (record == records) {
            return appended();
        }
        if (!tail.isEmpty() && record >= tail.firstRecord()) {
            return tail.countsBefore((int) (record - tail.firstRecord()));
        }
        return chain.countsBefore(record);
    }

    /// Takes note of a truncation appended in `group`. Under the append lock.
    void truncateAppended(Counts to, long group, long durableGroup) {
        synchronized (this) {
            boolean pending = truncatedGroup > durableGroup;
            truncatedTo = pending && truncatedTo.records() < to.records() ? truncatedTo : to;
            truncatedGroup = group;
            tail.truncate(to.records());
            truncations++;
            if (durableRecords > to.records()) {
                setDurable(to.records(), to.entries(), to.bytes());
            }
            records = to.records();
            entries = to.entries();
            bytes = to.bytes();
        }
    }

    /// Takes note of the deletion appended. Under the append lock.
    void deleteAppended() {
        deleted = true;
    }

    private void setDurable(long newRecords, long newEntries, long newBytes) {
        durableRecords = newRecords;
        durableBytes = newBytes;
        durableEntries = newEntries;
    }

    /// Shows what a group appended, unless a truncation behind it took it away again.
    synchronized void publish(long newRecords, long newEntries, long newBytes, long group) {
        if (truncatedGroup > group && truncatedTo.records() < newRecords) {
            setDurable(truncatedTo.records(), truncatedTo.entries(), truncatedTo.bytes());
        } else {
            setDurable(newRecords, newEntries, newBytes);
        }
    }

    synchronized void publishCursor(String name, Cursor cursor) {
        if (cursorsAreShared) {
            cursors = new HashMap<>(cursors);
            cursorsAreShared = false;
        }
        cursors.put(name, cursor);
    }

    synchronized void publishAttribute(String name, byte[] value) {
        if (attributesAreShared) {
            attributes = new HashMap<>(attributes);
            attributesAreShared = false;
        }
        attributes.put(name, value);
    }

    /// Cuts the files to a truncation that is durable with `group`.
    ///
    /// @return files that no longer count
    synchronized List<StreamFile> publishTruncate(Counts to, long group) {
        publishedTruncation = group;
        return replace(chain.cut(to));
    }

    /// Drops files below a durable trim.
    ///
    /// @return files that no longer count
    synchronized List<StreamFile> publishTrim(long before) {
        firstEntry = Math.max(firstEntry, before);
        return replace(chain.trimmed(firstEntry));
    }

    private List<StreamFile> replace(FileChain later) {
        List<StreamFile> dropped = chain.droppedBy(later);
        chain = later;
        return dropped;
    }

    synchronized FileChain chain() {
        return chain;
    }

    synchronized int truncations() {
        return truncations;
    }

    /// The group of the last truncation the files were cut to, [Watermarks#NO_GROUP] if there was none since opening.
    synchronized long publishedTruncation() {
        return publishedTruncation;
    }

    /// Takes note that the first records of the tail are in a file now, unless they were truncated meanwhile.
    synchronized void flushed(StreamFile file, boolean isNew, int removed, int truncationsSeen) {
        if (truncations != truncationsSeen) {
            return;
        }
        tail.removeFirst(removed);
        chain = chain.extended(file, isNew);
    }

    /// Position of the first record that is in no file, or `none`.
    synchronized long firstUnflushed(long none) {
        return tail.isEmpty() ? none : tail.position(0);
    }

    /// What a manifest says of it, if the journal is durable up to `durableEnd`, with `durableGroup`; null if a
    /// truncation that is not durable has taken away from the tail what no file holds. Copies nothing, since
    /// commits may wait for it.
    synchronized Manifest.@Nullable Stream manifestEntry(long durableEnd, long durableGroup) {
        if (truncatedGroup > durableGroup) {
            return null;
        }
        long applied = tail.isEmpty() ? durableEnd : Math.min(durableEnd, tail.position(0));
        cursorsAreShared = true;
        attributesAreShared = true;
        return new Manifest.Stream(id, key, applied, chain, firstEntry, cursors, attributes);
    }

    /// Lets go of the memory of a tail into which nothing came since this was last called. For each checkpoint.
    synchronized void releaseIdleTail() {
        long end = tail.endRecord();
        if (end == recordsAtCheckpoint) {
            tail.release();
        }
        recordsAtCheckpoint = end;
    }

    /// Sets everything from a manifest.
    synchronized void restore(Manifest.Stream saved) {
        chain = saved.chain();
        records = chain.end().records();
        entries = chain.end().entries();
        bytes = chain.end().bytes();
        setDurable(records, entries, bytes);
        firstEntry = saved.firstEntry();
        trimmedTo = firstEntry;
        cursors = saved.cursors();
        attributes = saved.attributes();
    }
}
