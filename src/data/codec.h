/* codec.h - records from and to text, driven by their field tables
 *
 * One table (base/fields.h) says what a record holds; these three modules are the
 * only place that turns it into text and back: codec_yaml.h reads or writes a
 * file whole, codec_update.h changes one in place, codec_json.h does the same for
 * JSON. Unknown keys in a file are ignored when read and kept when it is changed.
 */
#ifndef DATA_CODEC_H
#define DATA_CODEC_H

#include "data/codec_json.h"
#include "data/codec_update.h"
#include "data/codec_yaml.h"

#endif
