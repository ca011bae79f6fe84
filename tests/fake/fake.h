/* fake.h - a limactl and an ssh for tests: no VM, no network, no privileges
 *
 * One program, known by the name it is run under:
 *	limactl                  the commands codelima uses, over instance directories
 *	                         laid out as Lima 2.2 does; `limactl hostagent` too
 *	qemu-system-*            a process that only lives, behind qemu.pid
 *	ssh                      runs the remote command here, in the instance's
 *	                         `guest` directory
 *
 * Environment:
 *	FAKE_LOG    each call is added to this file as one JSON line
 *	FAKE_PLAY   a file of rules that make it fail (fake_play.c)
 *	FAKE_WORK   the directory of the test's workspaces. In the guest it stands for
 *	            a directory of the instance: the prefix is replaced in commands
 *	FAKE_LIFE   seconds after which every stand-in ends by itself (900)
 *
 * It shares no code with codelima, so that both do not share a mistake. Memory is
 * not given back: every process of it is short or asleep.
 */
#ifndef FAKE_H
#define FAKE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* fake_util.c */
char *fmt(const char *f, ...) __attribute__((format(printf, 1, 2)));
char *slurp(const char *path, size_t *n); /* NULL when it cannot be read */
bool spill(const char *path, const char *text, mode_t mode);
bool exists(const char *path);
bool alive(long pid);
long pid_in(const char *path); /* the living process of a pid file, else 0 */
bool make_dirs(const char *path);
void remove_tree(const char *path);
void copy_file(const char *from, const char *to);
char *replace_all(const char *text, const char *what, const char *by);
char *shell_word(const char *word);
void nap_ms(long ms);
void nap_until_signal(long ms);
char *absolute(const char *path);
const char *own_dir(void); /* where this program and its other names lie */
const char *lima_home(void);
long life_s(void);
int listen_unix(const char *path); /* -1 with errno set */
/* Becomes a session's leader with nothing open but `out` and `err` (-1: /dev/null). */
void detach(int out, int err);
pid_t start_program(char *const argv[], int out, int err, bool own_group);
int wait_for(pid_t pid); /* exit status, 128 + signal */

/* fake_play.c */
enum phase { EARLY, MID, LATE };
/* Plays the rules for this command at this point; may not return. */
void play(const char *command, int argc, char **argv, enum phase at);
/* The argument of a rule that changes an answer (version, root, qemu-fail, lie …);
 * NULL when there is no such rule. */
const char *played(const char *command, int argc, char **argv, const char *action);

/* fake_log.c */
void log_call(const char *as, int argc, char **argv, json_t *more);
void say_as_json(bool on);
/* A line on stderr as limactl's logger writes it. */
void say(const char *level, const char *f, ...) __attribute__((format(printf, 2, 3)));
void fatal(const char *f, ...) __attribute__((format(printf, 1, 2), noreturn));

/* fake_yaml.c */
json_t *yaml_value(const char *text, char **error); /* NULL and *error */
char *yaml_print(const json_t *v);

/* fake_config.c: the configuration as Lima merges it (pkg/limayaml/defaults.go) */
json_t *config_merged(json_t *own);
/* The text a locator names: a file, `template:default`, `-`. Fatal when there is none. */
char *template_text(const char *locator);
json_t *template_filled(const char *locator);

/* fake_instance.c */
char *instance_path(const char *name, const char *file);
const char *instance_status(const char *name); /* NULL when there is none */
json_t *instance_json(const char *name);
void instance_create(const char *name, const char *text, int argc, char **argv);
void instance_start(const char *name, long timeout_s, int argc, char **argv);
void instance_kill(const char *name);
void check_name(const char *name); /* fatal when Lima would not take it */
int hostagent(int argc, char **argv);
int qemu(int argc, char **argv);

/* fake_guest.c */
char *guest_root(const char *name);
/* Host paths of workspaces become paths below the instance's guest directory. */
char *guest_text(const char *name, const char *text);
void guest_prepare(const char *name);
/* Runs `sh -c script` as the guest's user would: status as ssh gives it. */
int guest_run(const char *name, const char *script, bool tty, bool no_stdin);

int limactl_main(int argc, char **argv);
int ssh_main(int argc, char **argv);

#endif
