package io.walrus.node.request;

import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.topic.ServedTopic;
import io.walrus.protocol.ErrorTexts;
import org.jspecify.annotations.Nullable;

/// What SKIP has done, or would do.
///
/// @param from where the cursor stood
/// @param to where it stands then, the same if it stood there or behind it
/// @param entries how many it passed over
record Skipped(CursorPosition from, CursorPosition to, long entries, boolean isDryRun) {
    /// Why the cursor of a topic that is led here can't stand at a place, or null if it can.
    static @Nullable String fault(ServedTopic topic, CursorPosition to) {
        long open = topic.open().number();
        if (to.segment() == open) {
            long committed = topic.openEntries();
            return to.offset() <= committed
                    ? null
                    : ErrorTexts.offsetNotThere(topic.name(), open, to.offset(), committed);
        }
        SealedSegment sealed = topic.metadata().sealed().get(to.segment());
        if (sealed == null) {
            return ErrorTexts.unknownSegment(topic.name(), to.segment(), open);
        }
        return to.offset() <= sealed.entries()
                ? null
                : ErrorTexts.offsetOutOfRange(topic.name(), to.segment(), to.offset(), sealed.entries());
    }

    static Skipped between(ServedTopic topic, CursorPosition from, CursorPosition to, boolean isDryRun) {
        return new Skipped(from, to, entriesBetween(topic, from, to), isDryRun);
    }

    /// As JSON: of numbers only, so nothing needs to be escaped.
    String json() {
        return "{\"from\":" + json(from) + ",\"to\":" + json(to) + ",\"skipped\":" + entries + ",\"dry_run\":"
                + isDryRun + "}";
    }

    private static String json(CursorPosition position) {
        return "{\"segment\":" + position.segment() + ",\"offset\":" + position.offset() + "}";
    }

    private static long entriesBetween(ServedTopic topic, CursorPosition from, CursorPosition to) {
        if (to.equals(from)) {
            return 0;
        }
        boolean isGone = from.segment() != topic.open().number()
                && !topic.metadata().sealed().containsKey(from.segment());
        long entries = to.offset() - (isGone ? 0 : from.offset());
        for (SealedSegment sealed : topic.metadata()
                .sealed()
                .subMap(from.segment(), true, to.segment(), false)
                .values()) {
            entries += sealed.entries();
        }
        return entries;
    }
}
