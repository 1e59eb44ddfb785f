/// Has the topics of dead nodes led by others.
@NullMarked
package io.walrus.node.failover;

import org.jspecify.annotations.NullMarked;
