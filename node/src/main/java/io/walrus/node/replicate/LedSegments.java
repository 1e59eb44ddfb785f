package io.walrus.node.replicate;

import io.walrus.metadata.SealedSegment;
import io.walrus.node.part.MetadataView;
import io.walrus.node.store.Segments;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.ServedTopic;
import io.walrus.storage.engine.LogStream;
import org.jspecify.annotations.Nullable;

/// The open segments that this node leads: which it may lead, this node's own copy of each, and its followers. Guarded
/// by the node's lock.
public final class LedSegments {
    /// What came of opening a segment.
    public sealed interface Opening {
        /// It is led from now on.
        record Led(LedSegment segment) implements Opening {}

        /// The log does not take it at the moment.
        record NotYet() implements Opening {}

        /// Somebody seals it already.
        record Fenced() implements Opening {}
    }

    private final MetadataView view;
    private final Segments segments;
    private final Fences fences;
    private final ReplicaSender sender;
    private final SealRules rules;

    public LedSegments(MetadataView view, Segments segments, Fences fences, ReplicaSender sender, SealRules rules) {
        this.view = view;
        this.segments = segments;
        this.fences = fences;
        this.sender = sender;
        this.rules = rules;
    }

    /// Whether the metadata names this node, and the disk it has now, the leader of a topic's open segment.
    public boolean isNamedLeader(ServedTopic topic) {
        return topic.open().leader() == view.self().nodeId()
                && topic.open().replicas().contains(view.self());
    }

    /// Whether this node may append to segments that the last change of the metadata names it leader of. To what it was
    /// named leader of before this run, an earlier run may have appended what is not known here.
    public boolean mayLead() {
        return rules.mayLead(view.wasCurrent());
    }

    /// Starts this node's copy of a topic's open segment, and sending it to the followers.
    public Opening open(ServedTopic topic) {
        LogStream stream = segments.open(topic);
        if (stream == null) {
            return new Opening.NotYet();
        }
        if (fences.isFenced(stream)) {
            return new Opening.Fenced();
        }
        LedSegment led = new LedSegment(topic.openKey(), topic.open(), stream, view.self());
        sender.begin(led);
        return new Opening.Led(led);
    }

    /// A segment that this node led is not the open one any more.
    ///
    /// @param sealed what it was sealed as, or null if it left the chain
    public void end(LedSegment led, @Nullable SealedSegment sealed) {
        led.ended(sealed);
        sender.end(led);
    }
}
