package io.walrus.testkit.cluster;

import io.walrus.node.request.ClusterView;
import io.walrus.node.request.NodeFigures;
import io.walrus.node.request.Reports;
import io.walrus.node.request.TopicState;

/// Renders just what the checks look at.
final class TextReports implements Reports {
    @Override
    public String state(TopicState topic) {
        return topic.isCurrent() ? Long.toString(topic.metadata().sealedEntries() + topic.openEntries()) : "";
    }

    @Override
    public String cluster(ClusterView view) {
        return view.underReplicated().toString();
    }

    @Override
    public String metrics(NodeFigures figures) {
        return figures.toString();
    }
}
