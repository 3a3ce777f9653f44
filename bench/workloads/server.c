#include "server.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "bytes.h"
#include "server_loop.h"

static struct sockaddr_in loopback(void)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
}

static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

static int bind_free_port(int fd, struct sockaddr_in *address)
{
	socklen_t size = sizeof *address;

	*address = loopback();
	if (bind(fd, (const struct sockaddr *)address, sizeof *address) < 0 ||
		getsockname(fd, (struct sockaddr *)address, &size) < 0)
		return -errno;
	return 0;
}

const char *par_server_unavailable(void)
{
	struct sockaddr_in address;
	int fd = open_socket(), status;

	if (fd < 0)
		return "no TCP sockets here";
	status = bind_free_port(fd, &address);
	(void)close(fd);
	return status < 0 ? "no loopback interface (127.0.0.1) here" : NULL;
}

/* Accepted connections inherit TCP_NODELAY: the end of a reply must not wait for an
 * acknowledgement. */
static int listen_on(int fd, struct sockaddr_in *address)
{
	int on = 1, status = bind_free_port(fd, address);

	if (status < 0)
		return status;
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
		listen(fd, SOMAXCONN) < 0)
		return -errno;
	return 0;
}

int par_server_open(struct par_server *server, const char *name, const struct par_server_spec *spec,
	struct par_error *error)
{
	struct par_server_start start = { *spec, open_socket() };
	int status = start.listener < 0 ? start.listener : 0;

	*server = (struct par_server){ .spec = *spec };
	if (status == 0)
		status = listen_on(start.listener, &server->address);
	if (status < 0)
		(void)par_fail(error, status, "%s: cannot listen on 127.0.0.1: %s", name,
			par_error_text(status));
	else
		status = par_service_open(&server->service, name, par_server_loop, &start, error);
	/* The server has its own copy: if it dies, connections are refused instead of hanging. */
	if (start.listener >= 0)
		(void)close(start.listener);
	return status;
}

void par_server_close(struct par_server *server)
{
	par_service_close(&server->service);
}

/* Closing resets the connection: see TIME_WAIT in the header. */
static int reset_on_close(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) < 0 ? -errno : 0;
}

int par_server_ask(
	const struct par_server *server, struct par_io *io, const void *request, void *reply)
{
	int fd = par_io_connect(
		io, (const struct sockaddr *)&server->address, sizeof server->address);
	int status, closed;

	if (fd < 0)
		return fd;
	status = reset_on_close(fd);
	if (status == 0)
		status = par_io_write_all(io, fd, request, server->spec.request);
	if (status == 0)
		status = par_io_read_all(io, fd, reply, server->spec.reply);
	closed = par_io_close(io, fd);
	return status < 0 ? status : closed;
}

void par_server_expect(
	const struct par_server_spec *spec, const unsigned char *request, unsigned char *reply)
{
	uint64_t seed = par_server_fold(PAR_SERVER_SEED, request, spec->request);

	par_bytes_fill(reply, spec->reply, seed);
}
