/// What operators ask of the cluster: how it is, and which nodes are to be emptied or taken out.
@NullMarked
package io.walrus.node.admin;

import org.jspecify.annotations.NullMarked;
