package io.walrus.node.topic;

import java.util.function.Consumer;

/// Goes through all topics in order of id, a part at a time: the lock is held shortly however many there are. Topics
/// that are created meanwhile are among them. Guarded by the node's lock.
public final class TopicSweep {
    private static final int MAX_AT_A_TIME = 5_000;

    private final TopicTable topics;
    private boolean isUnderWay;
    private boolean isDueAgain;
    private long lastId;

    public TopicSweep(TopicTable topics) {
        this.topics = topics;
    }

    /// Goes through all topics from now on. Where that is under way it ends first, and then begins anew.
    public void begin() {
        isDueAgain = isUnderWay;
        isUnderWay = true;
    }

    /// Looks at the next part, if there is one.
    public void goOn(Consumer<ServedTopic> look) {
        for (int left = MAX_AT_A_TIME; left > 0 && isUnderWay; left--) {
            ServedTopic topic = topics.after(lastId);
            if (topic == null) {
                lastId = 0;
                isUnderWay = isDueAgain;
                isDueAgain = false;
            } else {
                lastId = topic.topicId();
                look.accept(topic);
            }
        }
    }
}
