package io.walrus.testkit.crash;

import java.util.ArrayList;
import java.util.List;

/// All changes submitted since an engine was opened, with the state after each.
///
/// The engine keeps one journal, so whatever survives a crash must be the state after some number of changes: at least
/// those acknowledged, at most those submitted.
final class History {
    private final List<ModelState> states = new ArrayList<>();
    private final List<StreamChange> changes = new ArrayList<>();
    private final List<Long> groups = new ArrayList<>();
    private int durable;

    History(ModelState start) {
        states.add(start);
    }

    ModelState latest() {
        return states.getLast();
    }

    int submitted() {
        return changes.size();
    }

    /// Notes a change that is about to be handed to the engine: from now on it may survive.
    void begin(StreamChange change) {
        states.add(latest().apply(change));
        changes.add(change);
    }

    /// The engine took the change, and acknowledges it with this group.
    void taken(long group) {
        groups.add(group);
    }

    /// The engine refused the change: it must not survive.
    void refused() {
        states.removeLast();
        changes.removeLast();
    }

    /// How many changes are acknowledged.
    int acknowledged(long durableGroup) {
        int count = 0;
        while (count < groups.size() && groups.get(count) <= durableGroup) {
            count++;
        }
        return count;
    }

    /// Notes that the first `count` changes are known to be on the device.
    void forced(int count) {
        durable = Math.max(durable, count);
    }

    /// How many changes must survive a loss of power when acknowledging does not mean forcing.
    int forcedCount() {
        return durable;
    }

    /// The states a crash may leave, the one with the fewest changes first.
    List<ModelState> since(int count) {
        return List.copyOf(states.subList(count, states.size()));
    }

    /// The last changes, for people.
    List<String> tail(int count) {
        List<String> lines = new ArrayList<>();
        for (int i = Math.max(0, changes.size() - count); i < changes.size(); i++) {
            lines.add(i + " " + changes.get(i) + (i < groups.size() ? " group " + groups.get(i) : " under way"));
        }
        return lines;
    }
}
