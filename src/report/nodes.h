/*-------------------------------------------------------------------------
 *
 * nodes.h
 *		The standbys that this server was told about, and what they say of the
 *		use of indexes.
 *
 * IDENTIFICATION
 *		src/report/nodes.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_NODES_H
#define PA_REPORT_NODES_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

typedef enum PaNodeState
{
	PA_NODE_NOT_ASKED,			/* there was no time, or it failed just now */
	PA_NODE_UNREACHABLE,		/* no connection, or no answer in time */
	PA_NODE_REFUSED,			/* what it says can't be used */
	PA_NODE_ANSWERED
} PaNodeState;

/* What a node says of one index. */
typedef struct PaNodeIndexUse
{
	Oid			indexid;
	int64		uses;
	TimestampTz last_used;		/* 0: never */
	TimestampTz first_seen;
	bool		complete;
} PaNodeIndexUse;

typedef struct PaNode
{
	char	   *server;			/* foreign server */
	TimestampTz added_at;
	PaNodeState state;
	char	   *message;		/* why it did not answer, NULL when it did */
	TimestampTz asked_at;		/* 0: not now */
	int64		started_at;		/* usec of Unix: tells servers apart */
	int64		receivers;		/* standbys that it has itself */
	int			nuses;
	PaNodeIndexUse *uses;
} PaNode;

/*
 * List of PaNode *, in CurrentMemoryContext, each asked now with the caller's
 * user mapping.  An error only when the caller is interrupted.
 */
extern List *pa_nodes_ask(void);

/* Errors: no such server, unfit, already a node; no dblink; read-only. */
extern void pa_nodes_add(const char *server);

/* An error when it is none. */
extern void pa_nodes_remove(const char *server);

#endif							/* PA_REPORT_NODES_H */
