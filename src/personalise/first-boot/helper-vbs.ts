/**
 * What cmd.exe cannot do by itself: watch a step's time and end it with all it started, and speak HTTP. VBScript, since
 * that is on every Windows from XP on (until it was taken out of an 11, which is what `helper.ps1` is for).
 *
 * - Time is counted in waits of a second (by ping, as everywhere here): the clock of a host jumps when it meets its
 *   domain for the first time.
 * - Processes are ended by WMI, since XP Home has no taskkill.
 * - Reports go out in their order; one that the server refuses for good (4xx) is dropped, so that it blocks no other.
 * - No proxy: the server is in the same house. WinHTTP is there from XP SP1 on.
 */
export const HELPER_VBS = String.raw`Option Explicit
Const TAIL = 4096
Dim fso, shell, home
Set fso = CreateObject("Scripting.FileSystemObject")
Set shell = CreateObject("WScript.Shell")
home = fso.GetParentFolderName(WScript.ScriptFullName) & "\"
shell.CurrentDirectory = home

Select Case WScript.Arguments(0)
  Case "probe"
    WScript.Quit 42
  Case "run"
    RunStep WScript.Arguments(1), WScript.Arguments(2), CLng(WScript.Arguments(3))
  Case "report"
    QueueReport
    SendReports
  Case "send"
    SendReports
End Select

Sub RunStep(id, attempt, limit)
  Dim process, seconds, result
  result = home & "state\" & id & ".result." & attempt
  Set process = shell.Exec("cmd /d /c attempt.cmd " & id & " " & attempt)
  seconds = 0
  Do While process.Status = 0
    shell.Run "ping -n 2 127.0.0.1", 0, True
    seconds = seconds + 1
    If seconds >= limit Then
      EndProcesses process.ProcessID
      If Not fso.FileExists(result) Then WriteFile result, "timeout"
      Exit Do
    End If
  Loop
  WScript.Echo seconds
End Sub

Sub EndProcesses(root)
  Dim service, process, doomed, grew, turn, id
  Set service = GetObject("winmgmts:\\.\root\cimv2")
  Set doomed = CreateObject("Scripting.Dictionary")
  doomed.Add CStr(root), True
  For turn = 1 To 3
    Do
      grew = False
      For Each process In service.ExecQuery("SELECT * FROM Win32_Process")
        If doomed.Exists(CStr(process.ParentProcessId)) And Not doomed.Exists(CStr(process.ProcessId)) Then
          doomed.Add CStr(process.ProcessId), True
          grew = True
        End If
      Next
    Loop While grew
    On Error Resume Next
    For Each process In service.ExecQuery("SELECT * FROM Win32_Process")
      id = CStr(process.ProcessId)
      If doomed.Exists(id) Then
        Err.Clear
        process.Terminate
        If Err.Number <> 0 Then shell.Run "taskkill /f /pid " & id, 0, True
      End If
    Next
    On Error GoTo 0
  Next
End Sub

Sub QueueReport()
  Dim id, body, place
  id = WScript.Arguments(2)
  body = "{""step"":" & CLng(id) & ",""name"":" & FirstLine("steps\" & id & "\name.json") & _
    ",""state"":""" & WScript.Arguments(3) & """,""exitCode"":" & WScript.Arguments(4) & _
    ",""seconds"":" & WScript.Arguments(5) & ",""attempt"":" & WScript.Arguments(6) & ",""logTail"":"""
  If WScript.Arguments(3) <> "started" Then body = body & Escaped(LogTail("logs\" & id & ".log"))
  place = "queue\" & WScript.Arguments(1)
  WriteFile place & ".new", body & """}"
  If fso.FileExists(place & ".json") Then fso.DeleteFile place & ".json"
  fso.MoveFile place & ".new", place & ".json"
End Sub

Sub SendReports()
  Dim url, authorization, names, name, file, i, j, status
  If Not fso.FileExists("settings\url.txt") Then Exit Sub
  If Not fso.FileExists("settings\authorization.txt") Then Exit Sub
  url = FirstLine("settings\url.txt") & "/steps"
  authorization = Mid(FirstLine("settings\authorization.txt"), Len("Authorization: ") + 1)
  names = Array()
  For Each file In fso.GetFolder("queue").Files
    If LCase(Right(file.Name, 5)) = ".json" Then
      ReDim Preserve names(UBound(names) + 1)
      names(UBound(names)) = file.Name
    End If
  Next
  For i = 1 To UBound(names)
    For j = i To 1 Step -1
      If names(j) < names(j - 1) Then
        name = names(j)
        names(j) = names(j - 1)
        names(j - 1) = name
      End If
    Next
  Next
  For i = 0 To UBound(names)
    status = Post(url, authorization, FirstLine("queue\" & names(i)))
    If status \ 100 <> 2 And (status \ 100 <> 4 Or status = 408 Or status = 429) Then
      WScript.Echo names(i) & " not sent: " & status
      Exit Sub
    End If
    If status \ 100 = 4 Then WScript.Echo names(i) & " refused: " & status
    fso.DeleteFile "queue\" & names(i), True
  Next
End Sub

Function Post(url, authorization, body)
  Dim http
  Post = 0
  On Error Resume Next
  Set http = CreateObject("WinHttp.WinHttpRequest.5.1")
  If Err.Number <> 0 Then
    Err.Clear
    Set http = CreateObject("MSXML2.ServerXMLHTTP")
  Else
    http.SetProxy 1
  End If
  If Err.Number <> 0 Then Exit Function
  http.SetTimeouts 5000, 5000, 10000, 10000
  http.Open "POST", url, False
  http.SetRequestHeader "Content-Type", "application/json"
  http.SetRequestHeader "Authorization", authorization
  Err.Clear
  http.Send body
  If Err.Number <> 0 Then
    WScript.Echo "HTTP: " & Err.Description
    Exit Function
  End If
  Post = http.Status
End Function

Function LogTail(path)
  Dim stream, size, format, width, marks
  LogTail = ""
  If Not fso.FileExists(path) Then Exit Function
  size = fso.GetFile(path).Size
  If size = 0 Then Exit Function
  On Error Resume Next
  format = 0
  width = 1
  Set stream = fso.OpenTextFile(path, 1, False, 0)
  marks = stream.Read(2)
  stream.Close
  If marks = Chr(255) & Chr(254) Then
    format = -1
    width = 2
  End If
  Set stream = fso.OpenTextFile(path, 1, False, format)
  If size \ width > TAIL Then marks = stream.Read(size \ width - TAIL)
  LogTail = Right(stream.ReadAll, TAIL)
  stream.Close
End Function

Function Escaped(text)
  Dim i, letter, code
  For i = 1 To Len(text)
    letter = Mid(text, i, 1)
    code = Asc(letter)
    If code < 32 Or code > 126 Or code = 34 Or code = 92 Then letter = "\u" & Right("000" & Hex(Unicode(letter, code)), 4)
    Escaped = Escaped & letter
  Next
End Function

Function Unicode(letter, code)
  Unicode = 63
  If code >= 0 And code < 128 Then Unicode = code
  On Error Resume Next
  Unicode = AscW(letter)
  If Unicode < 0 Then Unicode = Unicode + 65536
End Function

Function FirstLine(path)
  Dim stream
  Set stream = fso.OpenTextFile(path, 1)
  FirstLine = stream.ReadLine
  stream.Close
End Function

Sub WriteFile(path, text)
  Dim stream
  Set stream = fso.CreateTextFile(path, True)
  stream.WriteLine text
  stream.Close
End Sub
`;
