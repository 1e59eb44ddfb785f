/// The commands of `walrus-node` that change the data folder of a node that is stopped, for clusters that can't help
/// themselves any more.
@NullMarked
package io.walrus.server.offline;

import org.jspecify.annotations.NullMarked;
