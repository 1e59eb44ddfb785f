package io.walrus.storage.engine;

import io.walrus.storage.journal.Committer;
import io.walrus.storage.journal.Watermarks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the next manifest says of the streams. All are looked at while commits go on; commits wait only for a last look
/// at the few that they have changed since.
///
/// The first look takes each stream as of the position up to which the journal was durable when the look began. For a
/// stream that commits have only appended to, that is as good at any later position: its files are the same, since
/// nothing is flushed or deleted meanwhile, and recovery replays what lies behind the position it was taken at. The
/// scan begins early enough for that, as the stream is in the flush queue. A truncation that is appended, but not
/// durable when the manifest is made, takes nothing away from a look that came before it: recovery finds the records
/// that were cut in the journal, and the truncation behind them, or not.
///
/// Every other change (a stream created, deleted, truncated, trimmed, a cursor or attribute set) is noted by the commit
/// that publishes it, before it shows. Whatever the first look has seen of such a stream is put aside.
///
/// Used by one thread, which has the checkpoint lock.
final class StreamSnapshot {
    /// Changed streams that commits may wait for.
    private static final int FEW = 500;

    private final Catalog catalog;
    private final Committer<GroupEffects> committer;
    private final Watermarks marks;
    private final List<Manifest.Stream> first = new ArrayList<>();
    /// The ids of streams that were changed since the first look.
    private final Set<Integer> changed = new HashSet<>();
    /// The last look at each of them that is still there.
    private final Map<Integer, Manifest.Stream> later = new HashMap<>();

    StreamSnapshot(Catalog catalog, Committer<GroupEffects> committer, Watermarks marks) {
        this.catalog = catalog;
        this.committer = committer;
        this.marks = marks;
    }

    /// A position of the journal, between two commits.
    ///
    /// @param end behind the last durable group
    /// @param group its number
    /// @param noted the streams that were changed since the last such position
    private record Position(long end, long group, Set<LogStream> noted) {}

    private Position position() {
        return new Position(marks.durableEnd(), marks.durableGroup(), catalog.noteAnew());
    }

    /// Looks at all streams, and again at those that were changed meanwhile until they are few.
    void look() {
        Position start = committer.betweenCommits(this::position);
        for (LogStream stream : catalog.createdBy(start.group)) {
            Manifest.Stream entry = stream.manifestEntry(start.end, start.group);
            if (entry == null) {
                catalog.note(stream);
            } else {
                first.add(entry);
            }
        }
        int left = catalog.noted();
        int before = Integer.MAX_VALUE;
        while (left > FEW && left < before) {
            boolean _ = lookAgain(committer.betweenCommits(this::position));
            before = left;
            left = catalog.noted();
        }
    }

    /// Looks at those that were changed since the last look. While no commit is under way, for the last time.
    ///
    /// @return false if there is no saying what of a stream: a truncation is on its way, which the next commit has
    boolean finish() {
        boolean isKnown = lookAgain(position());
        if (isKnown) {
            catalog.stopNoting();
        }
        return isKnown;
    }

    private boolean lookAgain(Position at) {
        boolean isKnown = true;
        for (LogStream stream : at.noted) {
            changed.add(stream.id());
            later.remove(stream.id());
            if (catalog.anyStream(stream.id()) != null) {
                Manifest.Stream entry = stream.manifestEntry(at.end, at.group);
                if (entry == null) {
                    catalog.note(stream);
                    isKnown = false;
                } else {
                    later.put(stream.id(), entry);
                }
            }
        }
        return isKnown;
    }

    /// All streams as of the last look, in no order.
    List<Manifest.Stream> streams() {
        List<Manifest.Stream> all = new ArrayList<>(first.size() + later.size());
        for (Manifest.Stream stream : first) {
            if (!changed.contains(stream.id())) {
                all.add(stream);
            }
        }
        all.addAll(later.values());
        return all;
    }
}
