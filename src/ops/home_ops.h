/* home_ops.h - the home that a command works on
 *
 * cli opens it once and hands it to the use cases; what it holds they alone touch.
 */
#ifndef OPS_HOME_OPS_H
#define OPS_HOME_OPS_H

#include "store/home.h"

#endif
