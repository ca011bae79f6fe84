/* fresh_id.h - a new id for a record, a job or a home */
#ifndef STORE_FRESH_ID_H
#define STORE_FRESH_ID_H

char *fresh_id(void); /* malloc'ed */

#endif
