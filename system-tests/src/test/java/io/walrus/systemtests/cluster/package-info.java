/// Several nodes, each a process, as their users meet them.
@NullMarked
package io.walrus.systemtests.cluster;

import org.jspecify.annotations.NullMarked;
