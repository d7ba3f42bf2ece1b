/*-------------------------------------------------------------------------
 *
 * node_link.h
 *		Connections to other servers, by contrib's dblink.
 *
 * IDENTIFICATION
 *		src/report/node_link.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_NODE_LINK_H
#define PA_REPORT_NODE_LINK_H

#include "report/nodes.h"

/* A node being asked. */
typedef struct PaNodeLink
{
	PaNode	   *node;
	Oid			serverid;
	char	   *name;			/* of the connection */
	bool		connected;
	bool		waiting;		/* for its answer */
} PaNodeLink;

/* Schema of dblink's functions, quoted; NULL when it is not installed. */
extern char *pa_node_dblink_schema(void);

/*
 * Opens the connection, within so many milliseconds.  False: the node's state
 * and message say why.
 */
extern bool pa_node_connect(const char *schema, PaNodeLink *link, int msec);

/* Sends the question, without waiting.  False as above. */
extern bool pa_node_send(const char *schema, PaNodeLink *link);

/* True when there is an answer, or never will be. */
extern bool pa_node_is_ready(const char *schema, PaNodeLink *link);

/* Takes the answer over into the node. */
extern void pa_node_receive(const char *schema, PaNodeLink *link);

/* Closes the connection, if there is one. */
extern void pa_node_disconnect(const char *schema, PaNodeLink *link);

#endif							/* PA_REPORT_NODE_LINK_H */
