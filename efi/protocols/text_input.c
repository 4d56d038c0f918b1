/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EFI_SIMPLE_TEXT_INPUT_PROTOCOL and _EX (UEFI 2.10, 12.3 and 12.2) on a console of bytes. Keys wait in one queue, which
 * both protocols read. The console is looked at when somebody asks, and every 20 ms only while there are key
 * notifications; these run at TPL_CALLBACK.
 */
#include <string.h>

#include "efi/event.h"
#include "efi/list.h"
#include "efi/platform.h"
#include "efi/pool.h"
#include "efi/protocols/console.h"
#include "efi/protocols/devices.h"
#include "efi/protocols/keys.h"

#define QUEUE_MAX 64
#define POLL_PERIOD 200000 /* 100 ns */

struct key_notify {
	struct list link;
	struct efi_key_data key;
	efi_key_notify_function function;
};

static struct keys keys;
static struct efi_key_data queue[QUEUE_MAX];
static uint32_t queue_first, queue_count;
/* Keys for which notifications have not run yet. */
static struct efi_key_data notify_queue[QUEUE_MAX];
static uint32_t notify_count;
static struct list notifies = LIST_EMPTY(notifies);
static efi_event poll_timer;
static efi_event notify_event;

/* ---- keys come ---- */

static bool notify_matches(const struct key_notify *notify, const struct efi_key_data *key)
{
	return notify->key.Key.ScanCode == key->Key.ScanCode &&
	       notify->key.Key.UnicodeChar == key->Key.UnicodeChar &&
	       (!notify->key.KeyState.KeyShiftState ||
		notify->key.KeyState.KeyShiftState == key->KeyState.KeyShiftState) &&
	       (!notify->key.KeyState.KeyToggleState ||
		notify->key.KeyState.KeyToggleState == key->KeyState.KeyToggleState);
}

static void add_key(const struct efi_key_data *key)
{
	queue[(queue_first + queue_count++) % QUEUE_MAX] = *key;
	list_for_each (link, &notifies) {
		if (!notify_matches(list_of(link, struct key_notify, link), key))
			continue;
		if (notify_count < QUEUE_MAX)
			notify_queue[notify_count++] = *key;
		efi_signal_event(notify_event);
		break;
	}
}

/* At TPL_NOTIFY: this is also called by WaitForEvent and the timer. */
static void poll(void)
{
	struct efi_key_data key;
	int byte = -1;

	while (queue_count < QUEUE_MAX && (byte = efi_devices()->console_read()) >= 0) {
		if (keys_byte(&keys, (uint8_t)byte, efi_platform_now(), &key))
			add_key(&key);
		if (keys.rows) {
			efi_text_output_size(keys.columns, keys.rows);
			keys.rows = 0;
		}
	}
	if (byte < 0 && queue_count < QUEUE_MAX && keys_idle(&keys, efi_platform_now(), &key))
		add_key(&key);
}

void efi_text_input_poll(void)
{
	efi_tpl tpl = efi_lock();

	poll();
	efi_unlock(tpl);
}

/* WaitForKey asks us, at TPL_NOTIFY. */
static void EFIAPI wait_for_key(efi_event event, void *context)
{
	(void)context;
	efi_text_input_poll();
	if (queue_count)
		efi_signal_event(event);
}

static void EFIAPI poll_tick(efi_event event, void *context)
{
	(void)event;
	(void)context;
	efi_text_input_poll();
}

/* At TPL_CALLBACK. A function may register and unregister: the list is begun anew after each. */
static void run_notifies(struct efi_key_data *key)
{
	struct key_notify *done[QUEUE_MAX];
	uint32_t count = 0;
	bool again = true;

	while (again && count < QUEUE_MAX) {
		again = false;
		list_for_each (link, &notifies) {
			struct key_notify *notify = list_of(link, struct key_notify, link);
			bool seen = false;

			for (uint32_t i = 0; i < count; i++)
				seen |= done[i] == notify;
			if (seen || !notify_matches(notify, key))
				continue;
			done[count++] = notify;
			notify->function(key);
			again = true;
			break;
		}
	}
}

static void EFIAPI notify_all(efi_event event, void *context)
{
	(void)event;
	(void)context;
	for (;;) {
		efi_tpl tpl = efi_lock();
		struct efi_key_data key = notify_queue[0];
		bool any = notify_count > 0;

		if (any)
			memmove(notify_queue, notify_queue + 1,
				--notify_count * sizeof(notify_queue[0]));
		efi_unlock(tpl);
		if (!any)
			return;
		run_notifies(&key);
	}
}

/* ---- keys go ---- */

static efi_status take_key(struct efi_key_data *key)
{
	efi_status status = EFI_NOT_READY;
	efi_tpl tpl = efi_lock();

	poll();
	if (queue_count) {
		*key = queue[queue_first];
		queue_first = (queue_first + 1) % QUEUE_MAX;
		queue_count--;
		status = EFI_SUCCESS;
	}
	efi_unlock(tpl);
	return status;
}

static void reset(void)
{
	efi_tpl tpl = efi_lock();

	while (efi_devices()->console_read() >= 0)
		;
	queue_count = 0;
	keys = (struct keys){0};
	efi_unlock(tpl);
}

static efi_status EFIAPI text_reset(struct efi_simple_text_input_protocol *This,
				    BOOLEAN ExtendedVerification)
{
	(void)ExtendedVerification;
	if (!This)
		return EFI_INVALID_PARAMETER;
	reset();
	return EFI_SUCCESS;
}

static efi_status EFIAPI read_key(struct efi_simple_text_input_protocol *This,
				  struct efi_input_key *Key)
{
	struct efi_key_data data;
	efi_status status;

	if (!This || !Key)
		return EFI_INVALID_PARAMETER;
	status = take_key(&data);
	if (EFI_ERROR(status))
		return status;
	*Key = data.Key;
	/* 12.3: this protocol knows no shift states; control and a letter is the control character. */
	if (data.KeyState.KeyShiftState & EFI_LEFT_CONTROL_PRESSED && Key->UnicodeChar >= '@' &&
	    Key->UnicodeChar <= 'z')
		Key->UnicodeChar &= 0x1f;
	return EFI_SUCCESS;
}

static efi_status EFIAPI ex_reset(struct efi_simple_text_input_ex_protocol *This,
				  BOOLEAN ExtendedVerification)
{
	(void)ExtendedVerification;
	if (!This)
		return EFI_INVALID_PARAMETER;
	reset();
	return EFI_SUCCESS;
}

static efi_status EFIAPI ex_read_key(struct efi_simple_text_input_ex_protocol *This,
				     struct efi_key_data *KeyData)
{
	if (!This || !KeyData)
		return EFI_INVALID_PARAMETER;
	*KeyData = (struct efi_key_data){0};
	return take_key(KeyData);
}

/* 12.2.5: a serial line has no locks to set; that partial keys may be given is granted, as there are none. */
static efi_status EFIAPI ex_set_state(struct efi_simple_text_input_ex_protocol *This,
				      uint8_t *KeyToggleState)
{
	if (!This || !KeyToggleState)
		return EFI_INVALID_PARAMETER;
	if (!(*KeyToggleState & EFI_TOGGLE_STATE_VALID) ||
	    *KeyToggleState & ~(EFI_TOGGLE_STATE_VALID | EFI_KEY_STATE_EXPOSED))
		return EFI_UNSUPPORTED;
	return EFI_SUCCESS;
}

static efi_status EFIAPI ex_register(struct efi_simple_text_input_ex_protocol *This,
				     struct efi_key_data *KeyData,
				     efi_key_notify_function KeyNotificationFunction,
				     void **NotifyHandle)
{
	struct key_notify *notify;
	efi_tpl tpl;

	if (!This || !KeyData || !KeyNotificationFunction || !NotifyHandle)
		return EFI_INVALID_PARAMETER;
	notify = efi_new(sizeof(*notify));
	if (!notify)
		return EFI_OUT_OF_RESOURCES;
	notify->key = *KeyData;
	notify->function = KeyNotificationFunction;
	tpl = efi_lock();
	if (list_is_empty(&notifies))
		efi_set_timer(poll_timer, TimerPeriodic, POLL_PERIOD);
	list_append(&notifies, &notify->link);
	efi_unlock(tpl);
	*NotifyHandle = notify;
	return EFI_SUCCESS;
}

static void drop_notify(struct key_notify *notify)
{
	list_remove(&notify->link);
	efi_free_pool(notify);
	if (list_is_empty(&notifies))
		efi_set_timer(poll_timer, TimerCancel, 0);
}

static efi_status EFIAPI ex_unregister(struct efi_simple_text_input_ex_protocol *This,
				       void *NotificationHandle)
{
	efi_status status = EFI_INVALID_PARAMETER;
	efi_tpl tpl;

	if (!This || !NotificationHandle)
		return EFI_INVALID_PARAMETER;
	tpl = efi_lock();
	list_for_each (link, &notifies)
		if (list_of(link, struct key_notify, link) == NotificationHandle) {
			drop_notify(NotificationHandle);
			status = EFI_SUCCESS;
			break;
		}
	efi_unlock(tpl);
	return status;
}

void efi_text_input_forget_code(uint64_t base, uint64_t size)
{
	efi_tpl tpl = efi_lock();

	list_for_each (link, &notifies) {
		struct key_notify *notify = list_of(link, struct key_notify, link);

		if ((uint64_t)(uintptr_t)notify->function - base < size)
			drop_notify(notify);
	}
	efi_unlock(tpl);
}

struct efi_simple_text_input_protocol efi_text_input = {
	.Reset = text_reset,
	.ReadKeyStroke = read_key,
};

struct efi_simple_text_input_ex_protocol efi_text_input_ex = {
	.Reset = ex_reset,
	.ReadKeyStrokeEx = ex_read_key,
	.SetState = ex_set_state,
	.RegisterKeyNotify = ex_register,
	.UnregisterKeyNotify = ex_unregister,
};

efi_status efi_text_input_start(void)
{
	efi_status status;

	keys = (struct keys){0};
	queue_count = 0;
	notify_count = 0;
	list_init(&notifies);
	status = efi_create_event(EVT_NOTIFY_WAIT, TPL_NOTIFY, wait_for_key, NULL,
				  &efi_text_input.WaitForKey);
	if (!EFI_ERROR(status))
		status = efi_create_event(EVT_NOTIFY_WAIT, TPL_NOTIFY, wait_for_key, NULL,
					  &efi_text_input_ex.WaitForKeyEx);
	if (!EFI_ERROR(status))
		status = efi_create_event(EVT_TIMER | EVT_NOTIFY_SIGNAL, TPL_NOTIFY, poll_tick,
					  NULL, &poll_timer);
	if (!EFI_ERROR(status))
		status = efi_create_event(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, notify_all, NULL,
					  &notify_event);
	return status;
}
