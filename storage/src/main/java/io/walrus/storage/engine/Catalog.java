package io.walrus.storage.engine;

import io.walrus.storage.engine.GroupEffects.Change;
import io.walrus.storage.stream.StreamFile;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Which streams there are, and which of their files wait to be deleted. Thread-safe.
///
/// What a crash leaves of each change, beside its record in the journal or the lack of it:
///
/// - *Create*: nothing. Recovery replays the record if its id is not below the manifest's next id; ids are never given
///   twice, so a record that was replayed once and is in the manifest does no harm.
/// - *Truncate*: the dropped files, and bytes behind the cut in the last one kept. A dropped file is deleted, or gives
///   its name to a new one, only once the record is forced: before, a crash could take the record away again and the
///   stream would need the file. Bytes behind the cut don't count; the stream goes on in another file.
/// - *Trim*: some of the dropped files. Only whole files go; the first entry kept is exact, by the record.
/// - *Delete*: some of the files. They are unlinked once the record is forced. A file that is missing before the replay
///   reaches the record is no error after it: [Recovery] looks for files when all is replayed.
final class Catalog {
    private final ConcurrentMap<Integer, LogStream> byId = new ConcurrentHashMap<>();
    private final ConcurrentMap<ByteBuffer, LogStream> byKey = new ConcurrentHashMap<>();
    private final Deque<Dropped> dropped = new ArrayDeque<>();
    private volatile int nextDurableId;
    /// The streams that commits have changed otherwise than by appending, while a checkpoint looks at all streams.
    private volatile @Nullable Set<LogStream> changed;

    /// A file that no longer counts once `group` is forced.
    record Dropped(int streamId, StreamFile file, long group) {}

    @Nullable
    LogStream stream(int id) {
        LogStream stream = byId.get(id);
        return stream == null || stream.isDeleted() ? null : stream;
    }

    /// A stream whose deletion may not be durable yet.
    @Nullable
    LogStream anyStream(int id) {
        return byId.get(id);
    }

    @Nullable
    LogStream stream(byte[] key) {
        return byKey.get(ByteBuffer.wrap(key));
    }

    Collection<LogStream> streams() {
        return List.copyOf(byKey.values());
    }

    int size() {
        return byKey.size();
    }

    /// The streams that a group or one before it created, and none has deleted yet.
    List<LogStream> createdBy(long group) {
        List<LogStream> found = new ArrayList<>(byId.size());
        for (LogStream stream : byId.values()) {
            if (stream.createdGroup <= group) {
                found.add(stream);
            }
        }
        return found;
    }

    /// One more than the largest id ever durable.
    int nextDurableId() {
        return nextDurableId;
    }

    void restoreNextId(int next) {
        nextDurableId = next;
    }

    void add(LogStream stream) {
        byId.put(stream.id(), stream);
        byKey.put(ByteBuffer.wrap(stream.keyBytes()), stream);
    }

    void hide(LogStream stream) {
        stream.deleteAppended();
        byKey.remove(ByteBuffer.wrap(stream.keyBytes()), stream);
    }

    /// Takes note of changed streams from now on. While no commit is under way.
    ///
    /// @return those noted until now
    Set<LogStream> noteAnew() {
        Set<LogStream> noted = changed;
        changed = ConcurrentHashMap.newKeySet();
        return noted == null ? Set.of() : noted;
    }

    void stopNoting() {
        changed = null;
    }

    /// Takes note of a stream as of one that was changed.
    void note(LogStream stream) {
        Set<LogStream> noted = changed;
        if (noted != null) {
            noted.add(stream);
        }
    }

    /// How many streams were noted.
    int noted() {
        Set<LogStream> noted = changed;
        return noted == null ? 0 : noted.size();
    }

    void publish(Change change, long group) {
        note(change.stream());
        switch (change) {
            case Change.Created(LogStream stream) -> nextDurableId = Math.max(nextDurableId, stream.id() + 1);
            case Change.Deleted(LogStream stream) -> {
                byId.remove(stream.id(), stream);
                drop(stream, stream.chain().files(), group);
            }
            case Change.Truncated(LogStream stream, var to) -> drop(stream, stream.publishTruncate(to, group), group);
            case Change.Trimmed(LogStream stream, long before) -> drop(stream, stream.publishTrim(before), group);
            case Change.CursorSet(LogStream stream, String name, Cursor cursor) -> stream.publishCursor(name, cursor);
            case Change.AttributeSet(LogStream stream, String name, byte[] value) ->
                stream.publishAttribute(name, value);
        }
    }

    private void drop(LogStream stream, List<StreamFile> files, long group) {
        synchronized (dropped) {
            for (StreamFile file : files) {
                dropped.add(new Dropped(stream.id(), file, group));
            }
        }
    }

    boolean hasDropped() {
        synchronized (dropped) {
            return !dropped.isEmpty();
        }
    }

    @Nullable
    Dropped pollDropped(long forcedGroup) {
        synchronized (dropped) {
            Dropped first = dropped.peek();
            return first != null && first.group() <= forcedGroup ? dropped.poll() : null;
        }
    }
}
